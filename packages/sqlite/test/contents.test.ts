import { assert, describe, it } from "@effect/vitest"
import * as Checkpoint from "@reventless/core/Checkpoint"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import { type RowWrite, ViewStores } from "@reventless/core/ViewStore"
import { SqliteContents, SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { event, folder, newFile } from "./support.ts"

const row = (key: string, kind: string, previous?: number): RowWrite => ({
  id: { key, sort: "" },
  row: { key, kind },
  version: 1,
  previous,
  entries: [{ index: "byKind", value: kind }]
})

/** A file with three events of two plugins, and a view that shows two of its three rows. */
const filled = Effect.gen(function*() {
  const filename = yield* newFile
  yield* Effect.gen(function*() {
    const stores = yield* EventStores
    const catalog = yield* stores.of({ name: "Catalog", plan: IndexPlan.open })
    yield* catalog.store.append([event("Added"), event("Added")])
    const ordering = yield* stores.of({ name: "Ordering", plan: IndexPlan.open })
    yield* ordering.store.append([event("Placed")])
    const views = yield* (yield* ViewStores).of("Catalog")
    yield* views.open("Products", "first")
    yield* views.open("Shelves", "first")
    const step = { view: "Products", generation: 1, checkpoint: Checkpoint.beginning, park: [], release: [], skip: [] }
    yield* views.commit({ ...step, revision: 0, writes: ["a", "b", "c"].map((key) => row(key, "cup")) })
    const removed = { ...row("b", "cup", 1), row: undefined, version: 2, entries: [] }
    yield* views.commit({ ...step, revision: 1, writes: [removed] })
  }).pipe(Effect.scoped, Effect.provide(SqlitePlatform.layer({ filename })))
  return filename
})

const inFile = (filename: string, sql: string) =>
  Effect.sync(() => {
    const sqlite = new DatabaseSync(filename)
    sqlite.exec(sql)
    sqlite.close()
  })

describe("what is in a file", () => {
  it.effect("is counted: the events of each log, and the rows that each view shows", () =>
    Effect.gen(function*() {
      const { events, rows } = yield* SqliteContents.count(yield* filled)
      assert.deepStrictEqual([...events], [["Catalog", 2], ["Ordering", 1]])
      assert.deepStrictEqual([...rows], [["Catalog.Products", 2], ["Catalog.Shelves", 0]])
    }).pipe(Effect.scoped))

  it.effect("is counted of the generation that queries see, not of one that is being built", () =>
    Effect.gen(function*() {
      const filename = yield* filled
      yield* Effect.flatMap(
        ViewStores,
        (stores) => Effect.flatMap(stores.of("Catalog"), (views) => views.build("Products", "second"))
      ).pipe(
        Effect.scoped,
        Effect.provide(SqlitePlatform.layer({ filename }))
      )
      const { rows } = yield* SqliteContents.count(filename)
      assert.deepStrictEqual([...rows], [["Catalog.Products", 2], ["Catalog.Shelves", 0]])
    }).pipe(Effect.scoped))

  it.effect("is counted without reading an event or a row: it doesn't matter what is in them", () =>
    Effect.gen(function*() {
      const filename = yield* filled
      yield* inFile(filename, "UPDATE events SET data = 'no JSON', meta = '{'; UPDATE view_rows SET row = 'no JSON'")
      const { events, rows } = yield* SqliteContents.count(filename)
      assert.deepStrictEqual([events.get("Catalog"), rows.get("Catalog.Products")], [2, 2])
    }).pipe(Effect.scoped))

  it.effect("is counted while another has begun to write, as it was before", () =>
    Effect.gen(function*() {
      const filename = yield* filled
      const writer = yield* Effect.acquireRelease(
        Effect.sync(() => new DatabaseSync(filename)),
        (sqlite) => Effect.sync(() => sqlite.close())
      )
      writer.exec("BEGIN IMMEDIATE; DELETE FROM events")
      const { events } = yield* SqliteContents.count(filename)
      assert.strictEqual(events.get("Catalog"), 2)
    }).pipe(Effect.scoped))

  it.effect("isn't counted where there is no store, and no file is made for it", () =>
    Effect.gen(function*() {
      const at = yield* folder
      const messageOf = (filename: string) =>
        Effect.map(Effect.flip(SqliteContents.count(filename)), ({ message }) => message)
      const missing = path.join(at, "missing.db")
      assert.strictEqual(
        yield* messageOf(missing),
        `Can't open '${missing}': it doesn't exist. Give the file of a store.`
      )
      assert.isFalse(fs.existsSync(missing))
      const empty = path.join(at, "empty.db")
      fs.writeFileSync(empty, "")
      assert.include(yield* messageOf(empty), "it is empty: no store is in it. Give the file of a store.")
      const foreign = path.join(at, "foreign.db")
      yield* inFile(foreign, "CREATE TABLE shopping (list TEXT)")
      assert.include(yield* messageOf(foreign), "it is an SQLite database of another program")
    }).pipe(Effect.scoped))
})
