import { assert, describe, it } from "@effect/vitest"
import * as Boundary from "@reventless/core/Boundary"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { DatabaseSync } from "node:sqlite"
import * as EventStoreSqlite from "../src/EventStoreSqlite.ts"
import * as Database from "../src/internal/database.ts"
import * as WorkStoreSqlite from "../src/WorkStoreSqlite.ts"
import { event, newFile } from "./support.ts"

const open = (options?: { readonly busyTimeout?: number }) =>
  Effect.gen(function*() {
    const filename = yield* newFile
    const database = yield* Database.make({ filename, ...options })
    const store = yield* EventStoreSqlite.make(database, { name: "Shop", plan: IndexPlan.open })
    return { filename, database, store }
  })

const queue = "mail"
const item = (id: string, lane = id) => ({ id, lane, due: 1, content: null })
const take = { now: 1, lease: 10, limit: 100 }
const done = { _tag: "Done", outcome: undefined } as const

/** A database with a work store, in which `count` items are leased. */
const openWork = (count: number) =>
  Effect.gen(function*() {
    const { database, filename, store } = yield* open()
    const work = yield* WorkStoreSqlite.make(database, "Shop")
    yield* work.add(queue, Array.from({ length: count }, (_, index) => item(`${index}`)), 1)
    return { database, filename, store, work, leased: yield* work.take(queue, take) }
  })

const holdLock = (filename: string) => {
  const other = new DatabaseSync(filename)
  other.exec("BEGIN IMMEDIATE")
  return other
}

describe("group commit", () => {
  it.live("appends that wait at the same time are written in one transaction", () =>
    Effect.gen(function*() {
      const { database, store } = yield* open()
      const before = database.log.commits
      const results = yield* Effect.forEach(
        Array.from({ length: 64 }, (_, index) => index),
        (index) => store.append([event("Added", [`cart:${index}`])]),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(database.log.commits - before, 1)
      assert.strictEqual(new Set(results.map(({ events }) => events[0]!.position)).size, 64)
    }).pipe(Effect.scoped))

  it.live("appends of two plugins of one file share a transaction", () =>
    Effect.gen(function*() {
      const { database, store } = yield* open()
      const other = yield* EventStoreSqlite.make(database, { name: "Billing", plan: IndexPlan.open })
      const before = database.log.commits
      yield* Effect.all([store.append([event("Added")]), other.append([event("Added")])], { concurrency: "unbounded" })
      assert.strictEqual(database.log.commits - before, 1)
    }).pipe(Effect.scoped))

  it.live("each append of a group has its own condition and its own result", () =>
    Effect.gen(function*() {
      const { database, store } = yield* open()
      const boundary = Boundary.absent(Query.make({ types: ["Opened"], tags: ["cart:1"] }))
      const before = database.log.commits
      const results = yield* Effect.forEach(
        Array.from({ length: 10 }, (_, index) => index),
        (index) =>
          Effect.result(
            index % 2 === 0
              ? store.append([event("Opened", ["cart:1"], index)], { boundary })
              : store.append([event("Added", ["cart:2"], index)])
          ),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(database.log.commits - before, 1)
      assert.deepStrictEqual(
        results.map((result) => result._tag === "Success" ? result.success.events[0]!.data : result.failure._tag),
        [0, 1, "AppendConflict", 3, "AppendConflict", 5, "AppendConflict", 7, "AppendConflict", 9]
      )
      assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 6)
    }).pipe(Effect.scoped))

  it.live("writers that compete for one boundary win in turn", () =>
    Effect.gen(function*() {
      const { store } = yield* open()
      const query = Query.make({ types: ["Opened"], tags: ["cart:1"] })
      const wins = Array.from({ length: 4 }, () => 0)
      let left = 40
      yield* Effect.forEach(
        wins.keys(),
        Effect.fnUntraced(function*(writer) {
          while (left > 0) {
            const { boundary } = yield* store.readBoundary(query)
            const result = yield* Effect.result(store.append([event("Opened", ["cart:1"])], { boundary }))
            if (result._tag === "Failure" || left === 0) continue
            wins[writer]!++
            left--
          }
        }),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(wins, [10, 10, 10, 10])
    }).pipe(Effect.scoped))

  it.live("two appends of one group with one command id are written once", () =>
    Effect.gen(function*() {
      const { store } = yield* open()
      const append = store.append([event("Added")], { commandId: "c" })
      const [first, second] = yield* Effect.all([append, append], { concurrency: "unbounded" })
      assert.deepStrictEqual(second, { ...first, replayed: true })
      assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 1)
    }).pipe(Effect.scoped))

  it.live("an append that can't be written doesn't fail its neighbours, and leaves nothing", () =>
    Effect.gen(function*() {
      const { database, store } = yield* open()
      database.log.sqlite.exec(`
        CREATE TRIGGER poison BEFORE INSERT ON event_tags WHEN new.tag = 'cart:poison'
        BEGIN SELECT raise(ABORT, 'poisoned'); END
      `)
      const results = yield* Effect.forEach(
        ["cart:1", "cart:poison", "cart:2"],
        (tag) => Effect.result(store.append([event("First"), event("Added", [tag])])),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(results.map(({ _tag }) => _tag), ["Success", "Failure", "Success"])
      const read = yield* Stream.runCollect(store.read(Query.all))
      assert.deepStrictEqual(read.map(({ tags }) => tags.join()), ["", "cart:1", "", "cart:2"])
    }).pipe(Effect.scoped))

  it.live("an append that is interrupted while it waits is not written, and its neighbours are", () =>
    Effect.gen(function*() {
      const { store } = yield* open()
      const interrupted = yield* Effect.forkChild(store.append([event("Interrupted")]), { startImmediately: true })
      const kept = yield* Effect.forkChild(store.append([event("Kept")]), { startImmediately: true })
      yield* Fiber.interrupt(interrupted)
      yield* Fiber.join(kept)
      const read = yield* Stream.runCollect(store.read(Query.all))
      assert.deepStrictEqual(read.map(({ type }) => type), ["Kept"])
    }).pipe(Effect.scoped))

  it.live("an append that is interrupted at any moment is written whole or not at all", () =>
    Effect.gen(function*() {
      const { store } = yield* open()
      for (let round = 0; round < 50; round++) {
        const fiber = yield* Effect.forkChild(
          Effect.forever(store.append([event("First", [`round:${round}`]), event("Second", [`round:${round}`])])),
          { startImmediately: true }
        )
        for (let turn = 0; turn < round % 7; turn++) yield* Effect.yieldNow
        yield* Fiber.interrupt(fiber)
      }
      const read = yield* Stream.runCollect(store.read(Query.all))
      assert.isAbove(read.length, 0)
      assert.isTrue(read.every(({ type }, index) => type === (index % 2 === 0 ? "First" : "Second")))
    }).pipe(Effect.scoped))

  it.live("an append waits while another process writes, without blocking this one", () =>
    Effect.gen(function*() {
      const { filename, store } = yield* open()
      const other = holdLock(filename)
      const fiber = yield* Effect.forkChild(store.append([event("Added")]), { startImmediately: true })
      yield* Effect.sleep(50)
      assert.isUndefined(fiber.pollUnsafe())
      other.exec("COMMIT")
      yield* Fiber.join(fiber)
      other.close()
    }).pipe(Effect.scoped))

  it.live("a lock that outlasts the busy timeout is a retryable error, and nothing is written", () =>
    Effect.gen(function*() {
      const { filename, store } = yield* open({ busyTimeout: 30 })
      const other = holdLock(filename)
      const refused = yield* Effect.flip(store.append([event("Added")]))
      assert.strictEqual(refused._tag, "EventStoreError")
      if (refused._tag === "EventStoreError") {
        assert.strictEqual(refused.reason._tag, "StoreUnavailable")
        assert.isTrue(refused.isRetryable)
      }
      other.close()
      assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 0)
      yield* store.append([event("Added")])
    }).pipe(Effect.scoped))

  it.live("an append after the end of the store is refused, not forgotten", () =>
    Effect.gen(function*() {
      const store = yield* Effect.scoped(Effect.map(open(), ({ store }) => store))
      const refused = yield* Effect.flip(store.append([event("Added")]))
      assert.include(refused.message, "closed")
    }))

  it.live("text that SQLite would alter, and a tag that is too long, are refused", () =>
    Effect.gen(function*() {
      const { store } = yield* open()
      const refused = yield* Effect.forEach([
        store.append([event("Bad\ud800")]),
        store.append([event("Added", ["cart:\udc00"])]),
        store.append([event("Added", [`cart:${"x".repeat(300)}`])]),
        store.append([event("Added")], { commandId: "\ud800" })
      ], Effect.flip)
      for (const error of refused) {
        assert.strictEqual(error._tag === "EventStoreError" && error.reason._tag, "InvalidRequest")
      }
      assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 0)
    }).pipe(Effect.scoped))

  it.live("work that is added and finished and what is appended at the same time is written in one transaction", () =>
    Effect.gen(function*() {
      const { database, leased, store, work } = yield* openWork(50)
      const before = database.log.commits
      const results = yield* Effect.all([
        Effect.forEach(leased, (one) => work.finish(queue, one, done, 2), { concurrency: "unbounded" }),
        Effect.forEach(["a", "b"], (id) => work.add(queue, [item(id)], 2), { concurrency: "unbounded" }),
        Effect.forEach([1, 2, 3], (index) => store.append([event("Added", [`cart:${index}`])]), {
          concurrency: "unbounded"
        }),
        work.put(queue, item("c"), 2),
        work.cancel(queue, "nobody")
      ], { concurrency: "unbounded" })
      assert.strictEqual(database.log.commits - before, 1)
      assert.deepStrictEqual(results[0], Array.from({ length: 50 }, () => true))
      assert.isFalse(results[4])
      assert.lengthOf(yield* work.list(queue, { state: "Done", limit: 100 }), 50)
      assert.deepStrictEqual((yield* work.list(queue, { limit: 100 })).map(({ id }) => id), ["a", "b", "c"])
      assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 3)
    }).pipe(Effect.scoped))

  it.live("work that is finished twice in one transaction is finished by the first, and the second is told", () =>
    Effect.gen(function*() {
      const { database, leased: [held], work } = yield* openWork(1)
      const before = database.log.commits
      const finished = yield* Effect.forEach(
        [done, { _tag: "Park", reason: "no" } as const, done],
        (result) => work.finish(queue, held!, result, 2),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(database.log.commits - before, 1)
      assert.deepStrictEqual(finished, [true, false, false])
      assert.strictEqual((yield* work.get(queue, "0"))?.state, "Done")
    }).pipe(Effect.scoped))

  it.live("work that can't be written fails neither what is finished nor what is appended beside it", () =>
    Effect.gen(function*() {
      const { database, leased, store, work } = yield* openWork(2)
      database.log.sqlite.exec(`
        CREATE TRIGGER poison BEFORE INSERT ON work WHEN new.id = 'poison'
        BEGIN SELECT raise(ABORT, 'poisoned'); END
      `)
      const results = yield* Effect.all([
        work.finish(queue, leased[0]!, done, 2),
        Effect.result(work.add(queue, [item("a"), item("poison")], 2)),
        store.append([event("Added")]),
        work.finish(queue, leased[1]!, done, 2)
      ], { concurrency: "unbounded" })
      assert.deepStrictEqual([results[0], results[1]._tag, results[3]], [true, "Failure", true])
      assert.isUndefined(yield* work.get(queue, "a"))
      assert.lengthOf(yield* work.list(queue, { state: "Done", limit: 10 }), 2)
      assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 1)
    }).pipe(Effect.scoped))

  it.live("work whose finish is interrupted before its turn stays leased, and its neighbours are finished", () =>
    Effect.gen(function*() {
      const { leased, work } = yield* openWork(2)
      const [interrupted, kept] = yield* Effect.forEach(
        leased,
        (one) => Effect.forkChild(work.finish(queue, one, done, 2), { startImmediately: true })
      )
      yield* Fiber.interrupt(interrupted!)
      assert.isTrue(yield* Fiber.join(kept!))
      assert.deepStrictEqual((yield* work.list(queue, { state: "Done", limit: 10 })).map(({ id }) => id), ["1"])
      assert.deepStrictEqual((yield* work.list(queue, { state: "Leased", limit: 10 })).map(({ id }) => id), ["0"])
      assert.isTrue(yield* work.finish(queue, leased[0]!, { _tag: "Retry", due: 2, reason: "stopped" }, 2))
    }).pipe(Effect.scoped))

  it.live("many changes of work in one transaction are counted and told as one", () =>
    Effect.gen(function*() {
      const { database, leased, work } = yield* openWork(20)
      const count = () => database.log.sqlite.prepare("SELECT count FROM work_changes").get() as unknown as [number]
      const [before] = count()
      const changed = yield* work.changed
      yield* Effect.forEach(leased, (one) => work.finish(queue, one, done, 2), { concurrency: "unbounded" })
      yield* changed
      assert.deepStrictEqual(count(), [before + 1])
    }).pipe(Effect.scoped))
})
