import * as Effect from "effect/Effect"
import { equal } from "../conformance/Check.ts"
import {
  again,
  chapter,
  done,
  finishAll,
  forget,
  hour,
  inLane,
  item,
  lease,
  park,
  queue,
  retry,
  start,
  take,
  taken
} from "./Fixture.ts"

const check = chapter("lanes")

export const lanes = [
  check(
    "the items of a lane are done one after another, in the order in which they were added",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(queue, inLane("l", "c", "a", "b"), start)
        yield* equal(yield* finishAll(store, start, done()), ["c"], "the first")
        yield* equal(yield* finishAll(store, start, done()), ["a"], "the second")
        yield* equal(yield* finishAll(store, start, done()), ["b"], "the third")
        yield* equal(yield* taken(store, start), [], "when all are done")
      })
  ),
  check(
    "one that is due earlier waits for those that were added before it in its lane",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(
          queue,
          [item("a", { lane: "l", due: start + 10 }), item("b", { lane: "l", due: start })],
          start
        )
        yield* equal(yield* taken(store, start + 9), [], "before the first is due")
        yield* equal(yield* store.next(queue), start + 10, "when something may be begun")
        yield* equal(yield* finishAll(store, start + 10, done()), ["a"], "the first")
        yield* equal(yield* finishAll(store, start + 10, done()), ["b"], "the second")
      })
  ),
  check("a leased item holds up those behind it, and no other lane", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [...inLane("l", "a", "b"), ...inLane("m", "c")], start)
      const [held] = yield* take(store, start, 1)
      yield* equal(held?.id, "a", "what was taken")
      yield* equal(yield* taken(store, start), ["c"], "what else may be begun")
      yield* store.add(queue, inLane("l", "d"), start)
      yield* equal(yield* taken(store, start), [], "what was added behind it")
      yield* store.finish(queue, held!, done(), start)
      yield* equal(yield* taken(store, start), ["b"], "when it is done")
    })),
  check("a parked item holds up those behind it, and no other lane", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, inLane("l", "a", "b"), start)
      yield* finishAll(store, start, park("no"))
      yield* store.add(queue, [...inLane("l", "c"), ...inLane("m", "d")], start)
      yield* equal(yield* taken(store, start + hour), ["d"], "what may be begun")
      yield* store.cancel(queue, "b")
      yield* equal(yield* taken(store, start + hour), [], "when one behind it is cancelled")
      yield* store.replay(queue, "a", start + hour)
      yield* equal(yield* finishAll(store, start + hour, done()), ["a"], "when it is replayed")
      yield* equal(yield* taken(store, start + hour), ["c"], "then")
    })),
  check("an item that is tried again, or begins again, stays the first of its lane", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, inLane("l", "a", "b"), start)
      yield* finishAll(store, start, retry(start + 10, "no"))
      yield* equal(yield* taken(store, start + 9), [], "until it is tried again")
      yield* finishAll(store, start + 10, again(start + 20, "more"))
      yield* equal(yield* taken(store, start + 19), [], "until it begins again")
      yield* equal(yield* finishAll(store, start + 20, forget), ["a"], "the first")
      yield* equal(yield* taken(store, start + 20), ["b"], "when it is forgotten")
    })),
  check("a lane that was empty for a while goes on", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, inLane("l", "a"), start)
      yield* finishAll(store, start, done())
      yield* store.add(queue, inLane("l", "b", "c"), start)
      yield* equal(yield* finishAll(store, start, done()), ["b"], "the first of the new ones")
      yield* equal(yield* finishAll(store, start, done()), ["c"], "the second")
    })),
  check(
    "the end of an item lets the next of its lane be begun when that is due, not before",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(queue, [item("a", { lane: "l" }), item("b", { lane: "l", due: start + 50 })], start)
        yield* finishAll(store, start, done())
        yield* equal(yield* store.next(queue), start + 50, "when something may be begun")
        yield* equal(yield* taken(store, start + 49), [], "before it is due")
        yield* equal(yield* taken(store, start + 50), ["b"], "when it is due")
      })
  ),
  check(
    "a cancelled item that was first lets the next of its lane be begun, whatever its state was",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(queue, inLane("l", "a", "b", "c", "d"), start)
        yield* equal(yield* store.cancel(queue, "a"), true, "a pending one")
        const [held] = yield* take(store, start)
        yield* equal(held?.id, "b", "when it is gone")
        yield* equal(yield* store.cancel(queue, "b"), true, "a leased one")
        yield* equal(yield* store.finish(queue, held!, done(), start), false, "whose lease is lost")
        yield* equal(yield* finishAll(store, start, park("no")), ["c"], "when it is gone")
        yield* equal(yield* store.cancel(queue, "c"), true, "a parked one")
        yield* equal(yield* taken(store, start), ["d"], "when it is gone")
      })
  ),
  check("a cancelled item from the middle of a lane is left out", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, inLane("l", "a", "b", "c"), start)
      yield* take(store, start)
      yield* store.cancel(queue, "b")
      yield* equal(yield* taken(store, start), [], "while the first is leased")
      yield* equal(yield* finishAll(store, start + lease, done()), ["a"], "when its lease has run out")
      yield* equal(yield* taken(store, start + lease), ["c"], "when it is done")
    })),
  check(
    "a hundred items of one lane are done in order, and a thousand lanes go on at once",
    (store) =>
      Effect.gen(function*() {
        const numbers = Array.from({ length: 100 }, (_, index) => `${index}`)
        yield* store.add(queue, inLane("l", ...numbers), start)
        yield* store.add(
          queue,
          Array.from({ length: 1000 }, (_, index) => item(`own ${index}`, { due: start + 1 })),
          start
        )
        const order: Array<string> = []
        for (const _ of numbers) order.push(...(yield* finishAll(store, start, done())))
        yield* equal(order, numbers, "the order in the lane")
        yield* equal((yield* taken(store, start + 1, 2000)).length, 1000, "how many lanes go on at once")
      })
  )
]
