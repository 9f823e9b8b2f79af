import { assert, describe, it } from "@effect/vitest"
import { EventStore, PositionedEventStore } from "@reventless/core/EventStore"
import { EventStores } from "@reventless/core/EventStores"
import * as Query from "@reventless/core/Query"
import { WorkStores } from "@reventless/core/WorkStore"
import { EventStoreSqlite, SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Connection from "../src/internal/connection.ts"
import * as Database from "../src/internal/database.ts"
import * as Events from "../src/internal/events.ts"
import { migrate } from "../src/internal/open.ts"
import { migrations } from "../src/internal/schema.ts"
import { event, folder, newFile } from "./support.ts"

const refused = (filename: string, busyTimeout?: number) =>
  Effect.flip(Effect.scoped(Layer.build(SqlitePlatform.layer({ filename, busyTimeout }))))

const append = (filename: string, type: string) =>
  Effect.flatMap(EventStore, (store) => store.append([event(type)])).pipe(
    Effect.provide(EventStoreSqlite.layer({ filename }))
  )

const types = (filename: string) =>
  Effect.flatMap(PositionedEventStore, (store) => Stream.runCollect(store.read(Query.all))).pipe(
    Effect.map((events) => events.map(({ type }) => type)),
    Effect.provide(EventStoreSqlite.layer({ filename }))
  )

const version = (filename: string) => {
  const sqlite = new DatabaseSync(filename)
  const { user_version } = sqlite.prepare("PRAGMA user_version").get()!
  sqlite.close()
  return user_version
}

describe("opening a file", () => {
  it.live("what was appended is there after the file is opened again", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* append(filename, "First")
      yield* append(filename, "Second")
      assert.deepStrictEqual(yield* types(filename), ["First", "Second"])
    }).pipe(Effect.scoped))

  it.live("two plugins in one file don't see each other's events and don't conflict", () =>
    Effect.gen(function*() {
      const stores = yield* EventStores
      const plan = { _tag: "Open" } as const
      const shop = (yield* stores.of({ name: "Shop", plan })).store
      const billing = (yield* stores.of({ name: "Billing", plan })).store
      const query = Query.make({ types: ["Added"], tags: ["cart:1"] })
      const { boundary } = yield* shop.readBoundary(query)
      yield* billing.append([event("Added", ["cart:1"])], { commandId: "c" })
      const { replayed } = yield* shop.append([event("Added", ["cart:1"], "shop")], { boundary, commandId: "c" })
      assert.isFalse(replayed)
      for (const asked of [query, Query.all, Query.make({ tags: ["cart:1"] }), Query.make({ types: ["Added"] })]) {
        const events = yield* Stream.runCollect(shop.read(asked))
        assert.deepStrictEqual(events.map(({ data }) => data), ["shop"])
      }
      const again = (yield* stores.of({ name: "Shop", plan })).store
      assert.lengthOf(yield* Stream.runCollect(again.read(Query.all)), 1)
    }).pipe(
      Effect.provide(Layer.unwrap(Effect.map(newFile, (filename) => SqlitePlatform.layer({ filename })))),
      Effect.scoped
    ))

  it.live("a missing folder is named", () =>
    Effect.gen(function*() {
      const filename = path.join(yield* folder, "nowhere", "store.db")
      const error = yield* refused(filename)
      assert.strictEqual(error.reason, "DirectoryMissing")
      assert.include(error.message, filename)
      assert.include(error.message, "Create the folder")
    }).pipe(Effect.scoped))

  it.live("a file that is no database is refused and left as it was", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const content = "Dear diary, ".repeat(500)
      fs.writeFileSync(filename, content)
      const error = yield* refused(filename)
      assert.strictEqual(error.reason, "NotADatabase")
      assert.include(error.message, "restore the file from a backup")
      assert.strictEqual(fs.readFileSync(filename, "utf8"), content)
    }).pipe(Effect.scoped))

  it.live("a database of another program is refused and left as it was", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const other = new DatabaseSync(filename)
      other.exec("CREATE TABLE recipes (name TEXT)")
      other.close()
      const before = fs.readFileSync(filename)
      const error = yield* refused(filename)
      assert.strictEqual(error.reason, "Foreign")
      assert.isTrue(before.equals(fs.readFileSync(filename)))
    }).pipe(Effect.scoped))

  it.live("a file that was cut off is refused as damaged", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* Effect.flatMap(EventStore, (store) =>
        store.append(Array.from({ length: 5000 }, () => event("Added", ["cart:1"])))).pipe(
          Effect.provide(EventStoreSqlite.layer({ filename }))
        )
      fs.truncateSync(filename, 40 * 4096)
      const error = yield* refused(filename)
      assert.strictEqual(error.reason, "Damaged")
      assert.include(error.message, "backup")
    }).pipe(Effect.scoped))

  it.live("damage that is met later is a typed error that a retry doesn't help", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* append(filename, "Added")
      const other = new DatabaseSync(filename)
      other.exec("UPDATE events SET data = '{'")
      other.close()
      const error = yield* Effect.flip(types(filename))
      assert.strictEqual(error._tag === "EventStoreError" && error.reason._tag, "StoreUnreadable")
    }).pipe(Effect.scoped))

  it.live("a file of a newer version says which release wrote it and to upgrade", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* append(filename, "Added")
      const newer = new DatabaseSync(filename)
      newer.exec("PRAGMA user_version = 999; UPDATE written_by SET release = '12.3.4'")
      newer.close()
      const error = yield* refused(filename)
      assert.strictEqual(error.reason, "Newer")
      assert.include(error.message, "Upgrade @reventless/sqlite to 12.3.4")
      assert.strictEqual(version(filename), 999)
    }).pipe(Effect.scoped))

  it.live("a file that stays locked is refused after the busy timeout", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* append(filename, "Added")
      const other = new DatabaseSync(filename)
      other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM sessions; COMMIT")
      const error = yield* refused(filename, 50)
      assert.strictEqual(error.reason, "Locked")
      assert.include(error.message, "busyTimeout")
      other.close()
    }).pipe(Effect.scoped))

  it.live("a folder in the place of the file can't be opened", () =>
    Effect.gen(function*() {
      const error = yield* refused(yield* folder)
      assert.strictEqual(error.reason, "Unusable")
    }).pipe(Effect.scoped))

  it.live("a store without a file is refused: there is the memory platform", () =>
    Effect.gen(function*() {
      const error = yield* refused(":memory:")
      assert.strictEqual(error.reason, "Unusable")
      assert.include(error.message, "memory platform")
    }))
})

describe("an open file", () => {
  it.live("keeps at most 4 MB of its pages in memory for the log, and as much for what is made from it", () =>
    Effect.gen(function*() {
      const { derived, log } = yield* Database.make({ filename: yield* newFile })
      // SQLite gives the size in KiB as a negative number.
      const pragma = (connection: Connection.Connection) => Connection.row(connection, "PRAGMA cache_size")![0]
      assert.deepStrictEqual([log, derived].map(pragma), [-4000, -4000])
    }).pipe(Effect.scoped))
})

describe("migrations", () => {
  const connect = (filename: string) => Connection.open(filename, "FULL", 5000)
  const latest = migrations.at(-1)!.version
  const next = { version: latest + 1, sql: "CREATE TABLE added (x); INSERT INTO added VALUES (1)" }

  /** A file as a release made it that knew nothing of work, with an event in it. */
  const firstVersion = Effect.fnUntraced(function*(filename: string) {
    const connection = yield* connect(filename)
    Connection.row(connection, "PRAGMA journal_mode = WAL")
    assert.isUndefined(yield* migrate(connection, migrations.slice(0, 1)))
    Connection.run(connection, "INSERT INTO plugins (name) VALUES ('default')")
    Events.insert(connection, 1, Events.encode(event("Added", ["cart:1"])))
  }, Effect.scoped)

  it.live("an empty file becomes a store of the newest version", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      fs.writeFileSync(filename, "")
      yield* append(filename, "Added")
      assert.strictEqual(version(filename), migrations.at(-1)!.version)
    }).pipe(Effect.scoped))

  it.live("a file of an older version gets the steps that it lacks, and keeps what is in it", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* append(filename, "Added")
      const connection = yield* connect(filename)
      assert.isUndefined(yield* migrate(connection, [...migrations, next]))
      assert.isUndefined(yield* migrate(connection, [...migrations, next]))
      assert.lengthOf(Connection.rows(connection, "SELECT x FROM added"), 1)
      assert.lengthOf(Connection.rows(connection, "SELECT position FROM events"), 1)
    }).pipe(Effect.scoped))

  it.live("a file of version 1, which has no work, keeps its events and has work when it was opened", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* firstVersion(filename)
      assert.strictEqual(version(filename), 1)
      const context = yield* Layer.build(SqlitePlatform.layer({ filename }))
      assert.strictEqual(version(filename), latest)
      const store = yield* Effect.flatMap(WorkStores, (stores) => stores.of("default")).pipe(Effect.provide(context))
      yield* store.add("mail", [{ id: "a", lane: "a", due: 1, content: "hello" }], 1)
      assert.lengthOf(yield* store.take("mail", { now: 1, lease: 1, limit: 1 }), 1)
      assert.deepStrictEqual(yield* types(filename), ["Added"])
    }).pipe(Effect.scoped))

  it.live("a file of version 1 that several open at once is brought to the newest version once", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* firstVersion(filename)
      yield* Effect.forEach(["a", "b", "c"], (type) => append(filename, type), { concurrency: "unbounded" })
      assert.strictEqual(version(filename), latest)
      assert.deepStrictEqual((yield* types(filename)).toSorted(), ["Added", "a", "b", "c"])
    }).pipe(Effect.scoped))

  it.live("a step that fails leaves the version before it", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* append(filename, "Added")
      const connection = yield* connect(filename)
      const broken = { version: latest + 1, sql: `${next.sql}; INSERT INTO nowhere VALUES (1)` }
      assert.isTrue(Exit.isFailure(yield* Effect.exit(migrate(connection, [...migrations, broken]))))
      assert.strictEqual(version(filename), latest)
      assert.lengthOf(Connection.rows(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'added'"), 0)
    }).pipe(Effect.scoped))

  it.live("who starts while another process makes the file, or recovers it, waits for it", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const other = new DatabaseSync(filename)
      other.exec("BEGIN EXCLUSIVE; CREATE TABLE half (a); DROP TABLE half")
      const opening = yield* Effect.forkChild(append(filename, "Added"), { startImmediately: true })
      yield* Effect.sleep(50)
      assert.isUndefined(opening.pollUnsafe())
      other.exec("COMMIT")
      other.close()
      yield* Fiber.join(opening)
      assert.deepStrictEqual(yield* types(filename), ["Added"])
    }).pipe(Effect.scoped))

  it.live("several that start at once on a new file all open it", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* Effect.forEach(["a", "b", "c", "d"], (type) => append(filename, type), { concurrency: "unbounded" })
      assert.deepStrictEqual((yield* types(filename)).toSorted(), ["a", "b", "c", "d"])
    }).pipe(Effect.scoped))
})
