import { assert, describe, it } from "@effect/vitest"
import * as Checkpoint from "@reventless/core/Checkpoint"
import * as Extent from "@reventless/core/Extent"
import * as IndexPlan from "@reventless/core/IndexPlan"
import type { ViewCommit } from "@reventless/core/ViewStore"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as EventStoreSqlite from "../src/EventStoreSqlite.ts"
import * as Connection from "../src/internal/connection.ts"
import * as Database from "../src/internal/database.ts"
import * as SnapshotStoreSqlite from "../src/SnapshotStoreSqlite.ts"
import * as ViewStoreSqlite from "../src/ViewStoreSqlite.ts"
import { pass, stopTime } from "./handTime.ts"
import { event, newFile, sequenced } from "./support.ts"

const openFile = (filename: string) =>
  Effect.gen(function*() {
    const database = yield* Database.make({ filename })
    return { filename, database, views: yield* ViewStoreSqlite.make(database, "Shop") }
  })

const open = Effect.flatMap(newFile, openFile)

const step = (revision: number, change: Partial<ViewCommit> = {}): ViewCommit => ({
  view: "carts",
  generation: 1,
  revision,
  checkpoint: { extent: Extent.upTo(revision + 1) },
  writes: [],
  park: [],
  release: [],
  skip: [],
  ...change
})

const write = (key: string, row: string | undefined = key) => ({
  id: { key, sort: "" },
  row,
  version: 1,
  previous: undefined,
  entries: row === undefined ? [] : [{ index: "letter", value: row }]
})

const everything = { index: undefined, from: undefined, to: undefined, after: undefined, reverse: false, limit: 100 }

describe("the view store", () => {
  it.live("rows, checkpoint and parked events of a step are there after the file is opened again", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const parked = { lane: "1", position: 3, event: sequenced(3), reason: undefined, time: 1, attempts: 0 }
      yield* Effect.scoped(Effect.gen(function*() {
        const { views } = yield* openFile(filename)
        yield* views.open("carts", "a")
        assert.strictEqual(yield* views.commit(step(0, { writes: [write("k")], park: [parked] })), 1)
      }))
      const { views } = yield* openFile(filename)
      const [state] = yield* views.open("carts", "a")
      assert.deepStrictEqual(state, {
        view: "carts",
        generation: 1,
        fingerprint: "a",
        active: true,
        revision: 1,
        checkpoint: { extent: Extent.upTo(1) }
      })
      assert.deepStrictEqual(yield* views.parked("carts", 1), [parked])
      assert.deepStrictEqual(yield* views.load("carts", 1, [{ key: "k", sort: "" }, { key: "x", sort: "" }]), [
        { id: { key: "k", sort: "" }, row: "k", version: 1, revision: 1 }
      ])
    }).pipe(Effect.scoped))

  it.live("a step that fails midway leaves rows and checkpoint as they were", () =>
    Effect.gen(function*() {
      const { database, views } = yield* open
      yield* views.open("carts", "a")
      database.derived.sqlite.exec(`
        CREATE TRIGGER poison BEFORE INSERT ON view_rows WHEN new.key = 'poison'
        BEGIN SELECT raise(ABORT, 'poisoned'); END
      `)
      const error = yield* Effect.flip(views.commit(step(0, { writes: [write("a"), write("poison")] })))
      assert.strictEqual(error._tag, "ViewStoreError")
      assert.lengthOf(yield* views.list("carts", 1, everything), 0)
      assert.deepStrictEqual((yield* views.active("carts"))?.checkpoint, Checkpoint.beginning)
      assert.strictEqual((yield* views.active("carts"))?.revision, 0)
    }).pipe(Effect.scoped))

  it.live("a step from another revision is refused and changes nothing", () =>
    Effect.gen(function*() {
      const { views } = yield* open
      yield* views.open("carts", "a")
      yield* views.commit(step(0, { writes: [write("a")] }))
      assert.isUndefined(yield* views.commit(step(0, { writes: [write("b")] })))
      assert.isUndefined(yield* views.commit(step(2, { writes: [write("b")] })))
      assert.lengthOf(yield* views.list("carts", 1, everything), 1)
    }).pipe(Effect.scoped))

  it.live("views of two plugins of one file have rows of their own", () =>
    Effect.gen(function*() {
      const { database, views } = yield* open
      const others = yield* ViewStoreSqlite.make(database, "Billing")
      yield* views.open("carts", "a")
      yield* others.open("carts", "a")
      yield* views.commit(step(0, { writes: [write("a")] }))
      assert.lengthOf(yield* others.list("carts", 1, everything), 0)
      assert.strictEqual(yield* others.commit(step(0)), 1)
    }).pipe(Effect.scoped))

  it.live("a promoted generation takes the place of the others, whose rows are deleted in the background", () =>
    Effect.gen(function*() {
      const { database, views } = yield* open
      yield* views.open("carts", "a")
      yield* views.commit(step(0, { writes: Array.from({ length: 1200 }, (_, index) => write(`${index}`)) }))
      assert.lengthOf(yield* views.open("carts", "b"), 2)
      yield* views.commit(step(0, { generation: 2, writes: [write("new")] }))
      yield* views.promote("carts", 2)
      assert.strictEqual((yield* views.active("carts"))?.generation, 2)
      const error = yield* Effect.flip(views.list("carts", 1, everything))
      assert.isTrue(error.isRetryable)
      const count = (table: string) => Connection.row<[number]>(database.derived, `SELECT count(*) FROM ${table}`)![0]
      while (count("view_dropped") > 0) yield* Effect.sleep(1)
      assert.deepStrictEqual(["view_rows", "view_entries"].map(count), [1, 2])
    }).pipe(Effect.scoped))

  it.live("text that SQLite would alter is refused", () =>
    Effect.gen(function*() {
      const { views } = yield* open
      yield* views.open("carts", "a")
      const error = yield* Effect.flip(views.commit(step(0, { writes: [write("\ud800")] })))
      assert.isFalse(error.isRetryable)
      yield* views.commit(step(0, { writes: [{ ...write("a"), row: "\ud800", entries: [] }] }))
      assert.strictEqual((yield* views.list("carts", 1, everything))[0]!.row.row, "\ud800")
    }).pipe(Effect.scoped))

  it.live("a view's commit doesn't wait for the disk, unless it records a skip", () =>
    Effect.gen(function*() {
      const { database, views } = yield* open
      const pragma = (connection: Connection.Connection) =>
        Connection.row<[number]>(connection, "PRAGMA synchronous")![0]
      assert.deepStrictEqual([pragma(database.log), pragma(database.derived)], [2, 1])
      yield* views.open("carts", "a")
      const before = database.log.commits
      yield* views.commit(step(0, { writes: [write("a")] }))
      assert.strictEqual(database.log.commits, before)
      const skip = [{ lane: "1", position: 3, by: "me", why: "broken", time: 1 }]
      yield* views.commit(step(1, { skip }))
      assert.strictEqual(database.log.commits, before + 1)
      assert.deepStrictEqual(yield* views.skipped("carts"), skip)
    }).pipe(Effect.scoped))

  it.live("a change completes who waits, a commit of the log doesn't", () =>
    Effect.gen(function*() {
      yield* stopTime
      const { database, views } = yield* open
      const store = yield* EventStoreSqlite.make(database, { name: "Shop", plan: IndexPlan.open })
      yield* views.open("carts", "a")
      yield* Effect.forkChild(yield* views.changed, { startImmediately: true })
      yield* pass(50)
      const fiber = yield* Effect.forkChild(yield* views.changed, { startImmediately: true })
      yield* store.append([event("Added")])
      yield* pass(1000)
      assert.isUndefined(fiber.pollUnsafe())
      yield* views.commit(step(0))
      yield* Fiber.join(fiber)
    }).pipe(Effect.scoped))
})

describe("the owner of a view", () => {
  it.live("is one at a time; the next one follows when it lets go", () =>
    Effect.gen(function*() {
      yield* stopTime
      const { filename, views } = yield* open
      const other = (yield* openFile(filename)).views
      const held = yield* Effect.scoped(Effect.gen(function*() {
        yield* views.own("carts")
        yield* other.own("products")
        const fiber = yield* Effect.forkDetach(Effect.scoped(other.own("carts")), { startImmediately: true })
        const same = yield* Effect.forkDetach(Effect.scoped(views.own("carts")), { startImmediately: true })
        yield* pass(60_000)
        assert.isUndefined(fiber.pollUnsafe())
        assert.isUndefined(same.pollUnsafe())
        return [fiber, same]
      }))
      yield* pass(500)
      yield* Fiber.joinAll(held)
    }).pipe(Effect.scoped))

  it.live("that is taken for dead notices that it lost the view", () =>
    Effect.gen(function*() {
      yield* stopTime
      const { database, filename, views } = yield* open
      const { lost } = yield* views.own("carts")
      // What another process does when it has seen no beat for long enough.
      Connection.run(database.derived, "DELETE FROM sessions")
      const other = (yield* openFile(filename)).views
      const { lost: lostByOther } = yield* other.own("carts")
      const [first, second] = yield* Effect.forEach(
        [lost, lostByOther],
        (lost) => Effect.forkChild(lost, { startImmediately: true })
      )
      yield* pass(60_000)
      yield* Fiber.join(first!)
      assert.isUndefined(second!.pollUnsafe())
    }).pipe(Effect.scoped))
})

describe("the snapshot store", () => {
  it.live("replaces the snapshot of an id, for each plugin its own", () =>
    Effect.gen(function*() {
      const { database } = yield* open
      const shop = yield* SnapshotStoreSqlite.make(database, "Shop")
      const billing = yield* SnapshotStoreSqlite.make(database, "Billing")
      assert.isUndefined(yield* shop.load("Cart", "1"))
      yield* shop.save("Cart", "1", { version: 1, state: { n: 1 }, boundary: "a" })
      yield* shop.save("Cart", "1", { version: 2, state: [null], boundary: "b" })
      assert.deepStrictEqual(yield* shop.load("Cart", "1"), { version: 2, state: [null], boundary: "b" })
      assert.isUndefined(yield* billing.load("Cart", "1"))
      assert.isUndefined(yield* shop.load("Cart", "2"))
    }).pipe(Effect.scoped))
})
