import { assert, describe, it } from "@effect/vitest"
import { type LeasedWork, type TakeOptions, type WorkResult, WorkStoreError } from "@reventless/core/WorkStore"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as HandOver from "../src/internal/work/handOver.ts"
import { leaseMillis } from "../src/internal/work/heldItems.ts"
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

const options = { queue, limit: 2 }
const done: WorkResult = { _tag: "Done", outcome: undefined }

/** A store that counts what is taken, and what it holds. */
const counting = Effect.gen(function*() {
  const store = yield* WorkStoreMemory.make
  const taken: Array<string> = []
  return {
    taken,
    store: {
      ...store,
      take: (name: string, options: TakeOptions) =>
        Effect.tap(store.take(name, options), (items) => Effect.sync(() => taken.push(...items.map(({ id }) => id))))
    },
    states: Effect.map(
      store.list(queue, { limit: 100 }),
      (items) => items.map(({ attempts, id, state }) => `${id} ${state} ${attempts}`)
    )
  }
})

describe("an item that is handed over", () => {
  it.effect("is begun without being taken, in the order of its lane, while one that others add is taken", () =>
    Effect.gen(function*() {
      const { store, taken } = yield* counting
      const handOver = HandOver.make(store, options)
      const begun: Array<string> = []
      const work = (item: LeasedWork) => Effect.sync(() => (begun.push(item.id), done))
      yield* Effect.forkChild(WorkRunner.keepRunning(store, { queue, concurrency: 8, handOver, work }))
      yield* TestClock.adjust(0)
      yield* handOver.add(item("a"), 0)
      yield* store.add(queue, [item("b")], 0)
      yield* TestClock.adjust(0)
      yield* handOver.add({ ...item("c"), due: 1000 }, 0)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual({ begun, taken }, { begun: ["a", "b"], taken: ["b"] })
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual({ begun, taken }, { begun: ["a", "b", "c"], taken: ["b", "c"] })
    }))

  it.effect("leaves the worker as many hands for those of others as it has, however many are handed over", () =>
    Effect.gen(function*() {
      const { states, store, taken } = yield* counting
      const handOver = HandOver.make(store, options)
      yield* Effect.forkChild(
        WorkRunner.keepRunning(store, { queue, concurrency: 2, handOver, work: () => Effect.never })
      )
      yield* TestClock.adjust(0)
      for (const id of ["a", "b", "c"]) yield* handOver.add(item(id), 0)
      yield* store.add(queue, [item("d"), item("e")], 0)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(taken, ["c", "d"])
      assert.deepStrictEqual(yield* states, ["a Leased 1", "b Leased 1", "c Leased 1", "d Leased 1", "e Pending 0"])
    }))

  it.effect("frees a hand when its work is done, also when the work breaks", () =>
    Effect.gen(function*() {
      const { states, store, taken } = yield* counting
      const handOver = HandOver.make(store, options)
      const work = ({ id }: LeasedWork) => id.startsWith("broken") ? Effect.die("broken") : Effect.succeed(done)
      yield* Effect.forkChild(WorkRunner.keepRunning(store, { queue, concurrency: 2, handOver, work }))
      yield* TestClock.adjust(0)
      for (let round = 0; round < 5; round++) {
        yield* handOver.add(item(`done ${round}`), 0)
        yield* handOver.add(item(`broken ${round}`), 0)
        yield* TestClock.adjust(0)
      }
      assert.deepStrictEqual(taken, [])
      assert.deepStrictEqual(yield* states, [0, 1, 2, 3, 4].map((round) => `broken ${round} Parked 1`))
    }))

  it.effect("keeps its lease while it is worked on, and is given back when the worker stops", () =>
    Effect.gen(function*() {
      const { states, store } = yield* counting
      const handOver = HandOver.make(store, options)
      const running = yield* Effect.forkChild(
        WorkRunner.keepRunning(store, { queue, concurrency: 2, handOver, work: () => Effect.never })
      )
      yield* TestClock.adjust(0)
      yield* handOver.add(item("a"), 0)
      yield* TestClock.adjust(10 * leaseMillis)
      const [next] = [yield* store.next(queue)]
      assert.isAbove(next!, 10 * leaseMillis + leaseMillis / 2)
      yield* Fiber.interrupt(running)
      assert.deepStrictEqual(yield* states, ["a Pending 0"])
    }))

  it.effect("is given back when the worker stops while it is being added, and is added as always when there is none", () =>
    Effect.gen(function*() {
      const { states, store } = yield* counting
      const adding = yield* Deferred.make<void>()
      const stopped = yield* Deferred.make<void>()
      const slow: typeof store = {
        ...store,
        addLeased: (name, items, options) =>
          Effect.tap(
            store.addLeased(name, items, options),
            () => Effect.andThen(Deferred.succeed(adding, undefined), Deferred.await(stopped))
          )
      }
      const handOver = HandOver.make(slow, options)
      const running = yield* Effect.forkChild(
        WorkRunner.keepRunning(store, { queue, concurrency: 2, handOver, work: () => Effect.never })
      )
      yield* TestClock.adjust(0)
      const adder = yield* Effect.forkChild(handOver.add(item("a"), 0))
      yield* Deferred.await(adding)
      yield* Fiber.interrupt(running)
      yield* Deferred.succeed(stopped, undefined)
      yield* Fiber.join(adder)
      yield* handOver.add(item("b"), 0)
      assert.deepStrictEqual(yield* states, ["a Pending 0", "b Pending 0"])
    }))

  it.effect("is worked on although whoever added it was interrupted meanwhile", () =>
    Effect.gen(function*() {
      const { states, store } = yield* counting
      const adding = yield* Deferred.make<void>()
      const slow: typeof store = {
        ...store,
        addLeased: (name, items, options) =>
          Effect.tap(store.addLeased(name, items, options), () =>
            Effect.andThen(Deferred.succeed(adding, undefined), Effect.repeat(Effect.yieldNow, { times: 5 })))
      }
      const handOver = HandOver.make(slow, options)
      yield* Effect.forkChild(
        WorkRunner.keepRunning(store, {
          queue,
          concurrency: 2,
          handOver,
          work: () =>
            Effect.succeed(done)
        })
      )
      yield* TestClock.adjust(0)
      const adder = yield* Effect.forkChild(handOver.add(item("a"), 0))
      yield* Deferred.await(adding)
      yield* Fiber.interrupt(adder)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* states, [])
      assert.strictEqual((yield* store.get(queue, "a"))?.state, "Done")
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
