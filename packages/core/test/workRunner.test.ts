import { assert, describe, it } from "@effect/vitest"
import { WorkStoreError } from "@reventless/core/WorkStore"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as WorkRunner from "../src/internal/work/workRunner.ts"

const queue = "things"
const item = (id: string) => ({ id, lane: id, due: 0, content: null })

describe("a worker that stops", () => {
  it.effect("gives back also what it was just taking", () =>
    Effect.gen(function*() {
      const store = yield* WorkStoreMemory.make
      yield* store.add(queue, [item("a"), item("b")], 0)
      const isTaken = yield* Deferred.make<void>()
      const slow: typeof store = {
        ...store,
        take: (name, options) =>
          Effect.tap(store.take(name, options), () =>
            // As a store does that answers once the disk has it.
            Effect.andThen(Deferred.succeed(isTaken, undefined), Effect.repeat(Effect.yieldNow, { times: 5 })))
      }
      const running = yield* Effect.forkChild(
        WorkRunner.keepRunning(slow, { queue, concurrency: 8, work: () => Effect.never })
      )
      yield* Deferred.await(isTaken)
      yield* Fiber.interrupt(running)
      const items = yield* store.list(queue, { limit: 10 })
      assert.deepStrictEqual(items.map(({ attempts, id, state }) => ({ id, attempts, state })), [
        { id: "a", attempts: 0, state: "Pending" },
        { id: "b", attempts: 0, state: "Pending" }
      ])
    }))
})

describe("a worker", () => {
  it.effect("begins an item again at once that it takes before it knows that the last attempt is written", () =>
    Effect.gen(function*() {
      const store = yield* WorkStoreMemory.make
      yield* store.add(queue, [item("a")], 0)
      const late: typeof store = {
        ...store,
        finish: (name, held, result, now) =>
          Effect.tap(store.finish(name, held, result, now), () => Effect.repeat(Effect.yieldNow, { times: 20 }))
      }
      const begun: Array<number> = []
      const told: Array<string | undefined> = []
      yield* Effect.forkChild(
        WorkRunner.keepRunning(late, {
          queue,
          concurrency: 8,
          work: ({ attempts }) =>
            Effect.sync(() => {
              begun.push(attempts)
              return attempts < 3 ? { _tag: "Retry", due: 0, reason: "no" } : { _tag: "Done", outcome: undefined }
            }),
          ended: (_, result) => told.push(result?._tag)
        })
      )
      for (let turn = 0; turn < 500 && told.length < 3; turn++) yield* TestClock.adjust(0)
      assert.deepStrictEqual([begun, told], [[1, 2, 3], ["Retry", "Retry", "Done"]])
      assert.strictEqual((yield* store.get(queue, "a"))!.state, "Done")
    }))
})

describe("a worker whose lease ran out while the store was away", () => {
  /** A worker on one item, whose work takes as long as the test wants; the store can't renew leases for now. */
  const working = Effect.gen(function*() {
    const store = yield* WorkStoreMemory.make
    yield* store.add(queue, [item("a")], 0)
    const begun: Array<number> = []
    const done = yield* Deferred.make<void>()
    let isAway = true
    const away: typeof store = {
      ...store,
      extend: (name, held, options) =>
        Effect.suspend(() =>
          isAway
            ? Effect.fail(new WorkStoreError({ detail: "locked", isRetryable: true }))
            : store.extend(name, held, options)
        )
    }
    yield* Effect.forkChild(
      WorkRunner.keepRunning(away, {
        queue,
        concurrency: 8,
        work: ({ attempts }) => {
          begun.push(attempts)
          return Effect.as(Deferred.await(done), { _tag: "Done", outcome: "sent" })
        }
      })
    )
    return {
      store,
      begun,
      done: Deferred.succeed(done, undefined),
      isBack: () => {
        isAway = false
      }
    }
  })

  it.effect("goes on with what it is at, and doesn't begin it a second time", () =>
    Effect.gen(function*() {
      const { begun, done, isBack, store } = yield* working
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(begun, [1])
      isBack()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(begun, [1])
      yield* done
      yield* TestClock.adjust("1 second")
      const { outcome, state } = (yield* store.get(queue, "a"))!
      assert.deepStrictEqual([state, outcome, begun], ["Done", "sent", [1]])
    }))

  it.effect("leaves it to another process that has taken it meanwhile", () =>
    Effect.gen(function*() {
      const { begun, done, isBack, store } = yield* working
      yield* TestClock.adjust(9000)
      const [taken] = yield* store.take(queue, { now: 10_000, lease: 60_000, limit: 1 })
      isBack()
      yield* TestClock.adjust("5 seconds")
      yield* done
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual([(yield* store.get(queue, "a"))!.state, begun], ["Leased", [1]])
      assert.isTrue(yield* store.finish(queue, taken!, { _tag: "Done", outcome: "by another" }, 20_000))
    }))
})
