import * as Effect from "effect/Effect"
import { equal, isTrue } from "../conformance/Check.ts"
import { together } from "../conformance/Fixture.ts"
import { chapter, done, hour, ids, inLane, item, lease, leased, park, queue, start, take, taken } from "./Fixture.ts"

const check = chapter("adding and leasing at once")

const options = { now: start, lease }

export const addingLeased = [
  check(
    "an item that is added and leased at once is as one that was added and taken",
    (store) =>
      Effect.gen(function*() {
        const content = { to: ["you", null], n: 1.5 }
        yield* store.add(queue, [item("a", { content })], start)
        const [first] = yield* take(store, start)
        const added = yield* store.addLeased(queue, [item("b", { content })], options)
        yield* equal(ids(added), ["b"], "what is leased")
        const [second] = added
        const { sequence } = second!
        yield* equal(second, { ...first!, id: "b", lane: "b", sequence }, "the item")
        yield* isTrue(sequence > first!.sequence, "its sequence is greater")
        const { lease: _, ...stored } = second!
        yield* equal(yield* store.get(queue, "b"), stored, "the item as it is stored")
        yield* equal(yield* store.next(queue), start + lease, "when an item may be begun")
        yield* equal(yield* taken(store, start + lease - 1), [], "what may be begun before the leases run out")
        yield* equal(yield* store.finish(queue, second!, done("sent"), start + 1), true, "its lease is held")
        yield* equal((yield* store.get(queue, "b"))?.outcome, "sent", "its outcome")
      })
  ),
  check(
    "of items that are added and leased at once only those that may be begun are leased, in their order",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(queue, [item("held up", { lane: "l" })], start)
        const items = [
          item("c"),
          item("later", { due: start + 1 }),
          ...inLane("m", "first", "second"),
          ...inLane("l", "behind"),
          item("a")
        ]
        const added = yield* store.addLeased(queue, items, options)
        yield* equal(ids(added), ["c", "first", "a"], "what is leased")
        const waiting = yield* store.list(queue, { state: "Pending", limit: 10 })
        yield* equal(ids(waiting), ["held up", "later", "second", "behind"], "what waits")
        yield* equal(yield* taken(store, start + 1), ["held up", "later"], "what may be begun a little later")
        for (const held of added) yield* store.finish(queue, held, done(), start + 1)
        yield* equal(yield* taken(store, start + 1), ["second"], "what may be begun when they are finished")
      })
  ),
  check(
    "an item whose lane has one that is leased or parked is added and not leased",
    (store) =>
      Effect.gen(function*() {
        const held = yield* leased(store, { lane: "l" })
        yield* equal(yield* store.addLeased(queue, [item("b", { lane: "l" })], options), [], "behind a leased one")
        yield* store.finish(queue, held, park("no"), start)
        yield* equal(yield* store.addLeased(queue, [item("c", { lane: "l" })], options), [], "behind a parked one")
        yield* store.replay(queue, "a", start)
        yield* equal(yield* store.addLeased(queue, [item("d", { lane: "l" })], options), [], "behind a pending one")
        yield* equal(ids(yield* store.list(queue, { limit: 10 })), ["a", "b", "c", "d"], "what was added")
      })
  ),
  check(
    "an item that is known is left as it is by who adds and leases it, whatever its state",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(queue, [item("pending"), item("done")], start)
        const [pending, finished] = yield* take(store, start)
        yield* store.finish(queue, pending!, { _tag: "Release" }, start)
        yield* store.finish(queue, finished!, done(), start)
        const before = [yield* store.get(queue, "pending"), yield* store.get(queue, "done")]
        yield* equal(yield* store.addLeased(queue, [item("pending"), item("done")], options), [], "what is leased")
        const after = [yield* store.get(queue, "pending"), yield* store.get(queue, "done")]
        yield* equal(after, before, "the items")
      })
  ),
  check(
    "of many that add and lease one item at once one has it, and of those with items of one lane the first",
    (store) =>
      Effect.gen(function*() {
        const one = yield* together(
          Array.from({ length: 20 }, (_, index) => store.addLeased(queue, [item("a", { content: index })], options))
        )
        yield* equal(one.flat().length, 1, "how many have it")
        const lane = yield* together(
          Array.from({ length: 20 }, (_, index) => store.addLeased(queue, inLane("l", `${index}`), options))
        )
        const first = yield* store.list(queue, { lane: "l", limit: 1 })
        yield* equal(ids(lane.flat()), ids(first), "who has one of the lane")
      })
  ),
  check(
    "who added and leased an item and was taken for dead can't finish what another has taken",
    (store) =>
      Effect.gen(function*() {
        const [first] = yield* store.addLeased(queue, [item("a")], options)
        const [second] = yield* take(store, start + lease)
        yield* equal(second?.attempts, 2, "the attempts of the second")
        yield* equal(yield* store.extend(queue, first!, options), false, "the first extends")
        yield* equal(yield* store.finish(queue, first!, done("late"), start + lease), false, "the first finishes")
        yield* equal(yield* store.finish(queue, second!, done(), start + lease), true, "the second")
      })
  ),
  check(
    "a clock that is set back leaves no item leased for longer that was leased when it was added",
    (store) =>
      Effect.gen(function*() {
        yield* store.addLeased(queue, [item("a")], options)
        yield* equal(yield* taken(store, start - lease), [], "a whole lease before")
        yield* equal(yield* taken(store, start - hour), ["a"], "an hour before")
      })
  ),
  check("what is finished as repeatable is done like anything else", (store) =>
    Effect.gen(function*() {
      const held = yield* leased(store)
      const result = { _tag: "Done", outcome: "sent", isRepeatable: true } as const
      yield* equal(yield* store.finish(queue, held, result, start), true, "it is finished")
      const found = yield* store.get(queue, "a")
      yield* equal([found?.state, found?.outcome], ["Done", "sent"], "the item")
      yield* equal(yield* store.finish(queue, held, result, start), false, "and once only")
      yield* equal(yield* taken(store, start + hour), [], "what may be begun")
    }))
]
