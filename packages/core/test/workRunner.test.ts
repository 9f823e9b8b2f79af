import { assert, describe, it } from "@effect/vitest"
import { type LeasedWork, type WorkResult, type WorkStoreShape } from "@reventless/core/WorkStore"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { TestClock } from "effect/testing"
import * as WorkRunner from "../src/internal/workRunner.ts"

const queue = "mail"
const done: WorkResult = { _tag: "Done", outcome: null }

const add = Effect.fnUntraced(function*(store: WorkStoreShape, ...ids: ReadonlyArray<string>) {
  const now = yield* Clock.currentTimeMillis
  yield* store.add(queue, ids.map((id) => ({ id, lane: id, due: now, content: null })), now)
})

/** Runs a worker on a store of its own, until the test ends. */
const working = Effect.fnUntraced(function*(
  work: (item: LeasedWork) => Effect.Effect<WorkResult>,
  change: (store: WorkStoreShape) => WorkStoreShape = (store) => store,
  concurrency = 4
) {
  const store = yield* WorkStoreMemory.make
  yield* Effect.forkScoped(WorkRunner.keepRunning(change(store), { queue, concurrency, work }))
  return store
})

/** As the store has it once nothing goes on any more at this instant. */
const settled = (store: WorkStoreShape, id: string) => Effect.andThen(TestClock.adjust(0), store.get(queue, id))

describe("the worker of a queue", () => {
  it.effect("keeps the leases of what it works on, however long that takes", () =>
    Effect.gen(function*() {
      const store = yield* working(() => Effect.as(Effect.sleep("5 minutes"), done))
      yield* add(store, "a")
      yield* TestClock.adjust("4 seconds")
      yield* add(store, "b")
      for (let minute = 0; minute < 4; minute++) {
        yield* TestClock.adjust("1 minute")
        const now = yield* Clock.currentTimeMillis
        assert.deepStrictEqual(yield* store.take(queue, { now, lease: WorkRunner.leaseMillis, limit: 10 }), [])
      }
      yield* TestClock.adjust("2 minutes")
      const items = yield* store.list(queue, { state: "Done", limit: 10 })
      assert.deepStrictEqual(items.map(({ attempts, id }) => [id, attempts]), [["a", 1], ["b", 1]])
    }))

  it.effect("stops to work on what it has lost, begins it anew when it may, and goes on with the rest", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const store = yield* working((item) =>
        Effect.as(Effect.sleep("8 seconds"), done).pipe(
          Effect.onInterrupt(() => Effect.sync(() => log.push(`${item.id} ${String(item.content)} is interrupted`)))
        )
      )
      yield* add(store, "a", "b")
      yield* settled(store, "a")
      yield* store.put(queue, { id: "a", lane: "a", due: 0, content: "anew" }, 0)
      yield* TestClock.adjust(WorkRunner.leaseMillis / 3)
      assert.deepStrictEqual(log, ["a null is interrupted"])
      assert.strictEqual((yield* store.get(queue, "a"))?.state, "Leased")
      yield* TestClock.adjust("8 seconds")
      const items = yield* store.list(queue, { state: "Done", limit: 10 })
      assert.deepStrictEqual(items.map(({ content, id }) => [id, content]), [["b", null], ["a", "anew"]])
      assert.lengthOf(log, 1)
    }))

  it.effect("works on when a lease can't be renewed for a moment", () =>
    Effect.gen(function*() {
      let renewals = 0
      const store = yield* working(
        () => Effect.as(Effect.sleep("30 seconds"), done),
        (store) => ({
          ...store,
          extend: (queue, item, options) =>
            renewals++ % 3 === 0 ? Effect.die(new Error("away")) : store.extend(queue, item, options)
        })
      )
      yield* add(store, "a")
      yield* TestClock.adjust("31 seconds")
      const item = yield* settled(store, "a")
      assert.deepInclude({ ...item }, { state: "Done", attempts: 1 })
      assert.strictEqual(renewals, 9)
    }))

  it.effect("takes at once what becomes free at the same time, and never more than it may work on", () =>
    Effect.gen(function*() {
      const gate = yield* Latch.make(false)
      const sizes: Array<number> = []
      const store = yield* working(
        () => Effect.as(gate.await, done),
        (store) => ({
          ...store,
          take: (queue, options) =>
            Effect.tap(store.take(queue, options), (items) =>
              Effect.sync(() => {
                if (items.length > 0) sizes.push(items.length)
              }))
        })
      )
      yield* add(store, ..."abcdefghij")
      yield* settled(store, "a")
      assert.deepStrictEqual(sizes, [4])
      yield* gate.release
      yield* settled(store, "a")
      assert.deepStrictEqual(sizes, [4, 4])
      yield* gate.release
      yield* settled(store, "a")
      assert.deepStrictEqual(sizes, [4, 4, 2])
    }))

  it.effect("says once for each item that it has done with it, when what became of it is written", () =>
    Effect.gen(function*() {
      const store = yield* WorkStoreMemory.make
      const log: Array<string> = []
      const logged: WorkStoreShape = {
        ...store,
        finish: (queue, item, result, now) =>
          Effect.tap(
            store.finish(queue, item, result, now),
            () => Effect.sync(() => log.push(`${item.id} ${result._tag}`))
          )
      }
      yield* Effect.forkScoped(WorkRunner.keepRunning(logged, {
        queue,
        concurrency: 4,
        work: ({ id }) => id === "b" ? Effect.die(new Error("broken")) : Effect.succeed(done),
        ended: ({ id }, result) => log.push(`${id} ended, ${result?._tag}`)
      }))
      yield* add(store, "a", "b")
      yield* settled(store, "a")
      assert.deepStrictEqual(log, ["a Done", "a ended, Done", "b Park", "b ended, Park"])
    }))
})
