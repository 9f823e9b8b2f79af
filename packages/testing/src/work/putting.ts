import * as Effect from "effect/Effect"
import { equal } from "../conformance/Check.ts"
import { chapter, done, finishAll, inLane, item, leased, park, queue, start, take, taken } from "./Fixture.ts"

const check = chapter("putting")

export const putting = [
  check(
    "put adds an item, and replaces one that waits: last in its lane, pending, without attempts",
    (store) =>
      Effect.gen(function*() {
        yield* store.put(queue, item("a", { lane: "l" }), start)
        yield* store.add(queue, inLane("l", "b"), start)
        yield* store.put(queue, item("a", { lane: "l", due: start + 1, content: "new" }), start + 1)
        const found = (yield* store.list(queue, { limit: 10 })).map(({ content, id, state }) => [id, content, state])
        yield* equal(found, [["b", "content of b", "Pending"], ["a", "new", "Pending"]], "the items")
        yield* equal(yield* finishAll(store, start + 1, done()), ["b"], "what comes first")
        yield* equal(yield* finishAll(store, start + 1, done()), ["a"], "what comes then")
      })
  ),
  check("put takes the lease away, and lets the item be begun at its new time", (store) =>
    Effect.gen(function*() {
      const held = yield* leased(store)
      yield* store.put(queue, item("a", { due: start + 5, content: "new" }), start + 1)
      yield* equal(yield* store.finish(queue, held, done(), start + 1), false, "finishing by the lost lease")
      yield* equal(yield* store.extend(queue, held, { now: start + 1, lease: 10 }), false, "extending it")
      yield* equal(yield* store.next(queue), start + 5, "when it may be begun")
      const [second] = yield* take(store, start + 5)
      yield* equal([second?.content, second?.attempts], ["new", 1], "the item that was put")
      yield* equal(yield* store.finish(queue, held, done(), start + 5), false, "the lost lease, when it is taken again")
    })),
  check(
    "put replaces items that are done or parked, and moves an item to another lane",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(queue, [item("a")], start)
        yield* finishAll(store, start, done("sent"))
        yield* store.put(queue, item("a"), start + 1)
        yield* equal((yield* store.get(queue, "a"))?.outcome, undefined, "the outcome of a new item")
        yield* equal(
          yield* finishAll(store, start + 1, park("no")),
          ["a"],
          "a done one that was put"
        )
        yield* store.add(queue, inLane("a", "behind"), start)
        yield* store.put(queue, item("a", { lane: "b" }), start + 2)
        const { reason, state } = (yield* store.get(queue, "a"))!
        yield* equal([state, reason], ["Pending", undefined], "a parked one that was put")
        yield* equal((yield* taken(store, start + 2)).toSorted(), ["a", "behind"], "both lanes go on")
      })
  )
]
