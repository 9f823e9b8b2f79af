import { assert, describe, it } from "@effect/vitest"
import type { WorkResult } from "@reventless/core/WorkStore"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Database from "../src/internal/database.ts"
import * as WorkStoreSqlite from "../src/WorkStoreSqlite.ts"
import { pass, stopTime } from "./handTime.ts"
import { folder, newFile } from "./support.ts"

const queue = "mail"
const item = (id: string, lane = id) => ({ id, lane, due: 1, content: "x".repeat(200) })
const take = { now: 1, lease: 10, limit: 10 }
const done: WorkResult = { _tag: "Done", outcome: undefined }

const open = Effect.fnUntraced(function*(filename: string) {
  const database = yield* Database.make({ filename })
  return { database, store: yield* WorkStoreSqlite.make(database, "Shop") }
})

describe("the SQLite work store", () => {
  it.live("what is acknowledged waits for the disk, in one commit each; leases don't, and looks take no lock", () =>
    Effect.gen(function*() {
      const { database, store } = yield* open(yield* newFile)
      const { log } = database
      assert.deepStrictEqual(log.sqlite.prepare("PRAGMA synchronous").get(), [2] as never)
      /** How many commits there were, and how many of them waited for the disk. */
      const commits = Effect.fnUntraced(function*<A, E>(effect: Effect.Effect<A, E>) {
        const before = [log.commits, log.syncs]
        const result = yield* effect
        return [result, log.commits - before[0]!, log.syncs - before[1]!] as const
      })
      const many = Array.from({ length: 50 }, (_, index) => item(`${index}`, "l"))
      assert.deepStrictEqual((yield* commits(store.add(queue, many, 1))).slice(1), [1, 1])
      assert.deepStrictEqual((yield* commits(store.put(queue, item("a"), 1))).slice(1), [1, 1])
      const [items, ...taking] = yield* commits(store.take(queue, take))
      assert.deepStrictEqual(taking, [1, 0])
      assert.lengthOf(items, 2)
      assert.deepStrictEqual((yield* commits(store.take(queue, take))).slice(1), [0, 0])
      assert.deepStrictEqual((yield* commits(store.extend(queue, items[0]!, take))).slice(1), [1, 0])
      assert.deepStrictEqual((yield* commits(store.finish(queue, items[0]!, done, 1))).slice(1), [1, 1])
      const parked = store.finish(queue, items[1]!, { _tag: "Park", reason: "no" }, 1)
      assert.deepStrictEqual((yield* commits(parked)).slice(1), [1, 1])
      assert.deepStrictEqual((yield* commits(store.replay(queue, "a", 1))).slice(1), [1, 1])
      assert.deepStrictEqual((yield* commits(store.cancel(queue, "a"))).slice(1), [1, 1])
    }).pipe(Effect.scoped))

  it.live("who adds and leases an item waits for the disk once, and who finishes what is repeatable doesn't", () =>
    Effect.gen(function*() {
      const { database: { log }, store } = yield* open(yield* newFile)
      const level = () => log.sqlite.prepare("PRAGMA synchronous").get() as unknown as ReadonlyArray<number>
      const before = [log.commits, log.syncs]
      const seen = () => [log.commits - before[0]!, log.syncs - before[1]!, ...level()]
      const [held, other] = yield* store.addLeased(queue, [item("a"), item("b")], take)
      assert.deepStrictEqual(seen(), [1, 1, 2])
      const repeatable: WorkResult = { _tag: "Done", outcome: 1, isRepeatable: true }
      assert.isTrue(yield* store.finish(queue, held!, repeatable, 1))
      assert.deepStrictEqual(seen(), [2, 1, 1])
      // Beside something that waits for the disk, it waits with it.
      yield* Effect.all([store.finish(queue, other!, repeatable, 1), store.add(queue, [item("c")], 1)], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(seen(), [3, 2, 2])
    }).pipe(Effect.scoped))

  it.live("a change of another process is told within 50 ms, and one of another plugin isn't", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* stopTime
      const { store } = yield* open(filename)
      yield* store.add(queue, [item("a")], 1)
      const other = new DatabaseSync(filename)
      for (let round = 1; round <= 10; round++) {
        const waiting = yield* Effect.forkChild(yield* store.changed, { startImmediately: true })
        yield* pass(7)
        other.exec("INSERT INTO work_changes VALUES (99, 1) ON CONFLICT DO UPDATE SET count = count + 1")
        yield* pass(1000)
        assert.isUndefined(waiting.pollUnsafe())
        other.exec("UPDATE work_changes SET count = count + 1 WHERE plugin = 1")
        yield* pass(50)
        yield* Fiber.join(waiting)
      }
      other.close()
    }).pipe(Effect.scoped))

  it.live("who waits isn't told when nothing changed", () =>
    Effect.gen(function*() {
      yield* stopTime
      const { store } = yield* open(yield* newFile)
      yield* store.add(queue, [item("a")], 1)
      const waiting = yield* Effect.forkChild(Effect.flatten(store.changed), { startImmediately: true })
      yield* store.add(queue, [item("a")], 1)
      yield* store.add(queue, [], 1)
      const [held] = yield* store.take(queue, take)
      yield* store.extend(queue, held!, take)
      yield* store.finish(queue, { ...held!, lease: 9 }, done, 1)
      yield* store.cancel(queue, "b")
      yield* pass(1000)
      assert.isUndefined(waiting.pollUnsafe())
      yield* Fiber.interrupt(waiting)
    }).pipe(Effect.scoped))

  it.live("a text that SQLite would alter is refused, and in a reason it is replaced: an attempt must end", () =>
    Effect.gen(function*() {
      const { store } = yield* open(yield* newFile)
      for (
        const [name, wrong] of [[queue, item("\ud800")], [queue, item("a", "\ud800")], ["\ud800", item("a")]] as const
      ) {
        const refused = yield* Effect.flip(store.add(name, [item("b"), wrong], 1))
        assert.include(refused.message, "lone surrogate")
        assert.isFalse(refused.isRetryable)
      }
      const refused = yield* Effect.flip(store.add(queue, [{ ...item("a"), content: undefined as never }], 1))
      assert.include(refused.message, "'a' has no content")
      assert.lengthOf(yield* store.list(queue, { limit: 10 }), 0)
      yield* store.add(queue, [item("a")], 1)
      const [held] = yield* store.take(queue, take)
      yield* store.finish(queue, held!, { _tag: "Park", reason: "\ud800!" }, 1)
      assert.strictEqual((yield* store.get(queue, "a"))?.reason, "\ufffd!")
    }).pipe(Effect.scoped))

  it.live(
    "a power cut leaves a beginning of what was written: every lane whole, with its first item ready",
    () =>
      Effect.gen(function*() {
        const created = yield* folder
        const filename = path.join(created, "store.db")
        const cut = path.join(created, "cut.db")
        const { database, wal } = yield* Effect.scoped(Effect.gen(function*() {
          const { store } = yield* open(filename)
          for (let round = 0; round < 30; round++) {
            yield* store.add(queue, [item(`${round} a`, `${round % 3}`), item(`${round} b`, `${round % 3}`)], round)
            const items = yield* store.take(queue, { ...take, limit: 2 })
            const [first, second] = items
            if (first !== undefined) yield* store.finish(queue, first, done, round)
            if (second !== undefined) {
              yield* store.finish(queue, second, { _tag: "Retry", due: 1, reason: "no" }, round)
            }
          }
          return { database: fs.readFileSync(filename), wal: fs.readFileSync(`${filename}-wal`) }
        }))
        const seen = new Set<number>()
        for (let part = 0; part <= 100; part++) {
          for (const suffix of ["-wal", "-shm"]) fs.rmSync(cut + suffix, { force: true })
          fs.writeFileSync(cut, database)
          fs.writeFileSync(`${cut}-wal`, wal.subarray(0, Math.floor((wal.length * part) / 100)))
          const found = yield* Effect.scoped(Effect.gen(function*() {
            const { store } = yield* open(cut)
            const items = yield* store.list(queue, { limit: 1000 })
            const done = yield* store.list(queue, { state: "Done", limit: 1000 })
            // Of each lane the first can be taken when its lease has run out, and no other.
            const taken = yield* store.take(queue, { now: 1000, lease: 10, limit: 100 })
            const firsts = [...Map.groupBy(items, ({ lane }) => lane).values()].map(([first]) => first!.id)
            assert.deepStrictEqual(taken.map(({ id }) => id).toSorted(), firsts.toSorted())
            return { all: items.length + done.length, done: done.length }
          }))
          assert.strictEqual(found.all % 2, 0)
          seen.add(found.done)
        }
        assert.isAbove(seen.size, 15)
        assert.isTrue(seen.has(30))
      }).pipe(Effect.scoped)
  )
})
