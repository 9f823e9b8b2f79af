import * as Effect from "effect/Effect"
import { equal, isTrue } from "../conformance/Check.ts"
import { together } from "../conformance/Fixture.ts"
import {
  again,
  chapter,
  done,
  finishAll,
  hour,
  ids,
  inLane,
  item,
  lease,
  leased,
  park,
  queue,
  retry,
  start,
  take,
  taken
} from "./Fixture.ts"

const check = chapter("leases")

export const leases = [
  check("an item is taken when it is due, not before", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [item("a", { due: start + 1 })], start)
      yield* equal(yield* taken(store, start), [], "before")
      yield* equal(yield* taken(store, start + 1), ["a"], "when it is due")
    })),
  check(
    "a taken item is leased, with one attempt more and a greater lease each time",
    (store) =>
      Effect.gen(function*() {
        const first = yield* leased(store)
        yield* equal([first.state, first.attempts, first.time], ["Leased", 1, start], "the item as it was taken")
        const { lease: _, ...rest } = first
        yield* equal(yield* store.get(queue, "a"), rest, "the item as it is stored")
        yield* store.finish(queue, first, retry(start + 1, "no"), start + 1)
        const [second] = yield* take(store, start + 1)
        yield* equal([second!.attempts, second!.reason], [2, "no"], "attempts and the last reason")
        const [third] = yield* take(store, start + 1 + lease)
        yield* equal(third!.attempts, 3, "an attempt that was never finished counts")
        yield* isTrue(first.lease < second!.lease && second!.lease < third!.lease, "leases increase")
        yield* equal(new Set([first, second!, third!].map(({ sequence }) => sequence)).size, 1, "one sequence")
      })
  ),
  check(
    "those that could be begun first come first, then those that were added first",
    (store) =>
      Effect.gen(function*() {
        const dues = { a: 3, b: 1, c: 2, d: 1, e: 9 }
        yield* store.add(queue, Object.entries(dues).map(([id, due]) => item(id, { due: start + due })), start)
        yield* equal(yield* taken(store, start + 3), ["b", "d", "c", "a"], "what is due")
        yield* equal(
          yield* taken(store, start + 3 + lease),
          ["e", "a", "b", "c", "d"],
          "with leases that have run out since"
        )
      })
  ),
  check("a limit takes the first so many, and leaves the rest to others", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, ["a", "b", "c"].map((id) => item(id)), start)
      yield* equal(yield* taken(store, start, 0), [], "none")
      yield* equal(yield* taken(store, start, 2), ["a", "b"], "two")
      yield* equal(yield* taken(store, start, Infinity), ["c"], "all")
    })),
  check("a leased item isn't taken by another until its lease has run out", (store) =>
    Effect.gen(function*() {
      yield* leased(store)
      yield* equal(yield* taken(store, start + lease - 1), [], "before")
      yield* equal(yield* taken(store, start + lease), ["a"], "when it has run out")
    })),
  check(
    "who was taken for dead can't finish or extend what another has taken, nor what came of it",
    (store) =>
      Effect.gen(function*() {
        const first = yield* leased(store)
        const [second] = yield* take(store, start + lease)
        const before = yield* store.get(queue, "a")
        for (const result of [done("late"), again(start, "late"), retry(start, "late"), park("late")]) {
          yield* equal(yield* store.finish(queue, first, result, start + lease), false, `the first says ${result._tag}`)
        }
        yield* equal(yield* store.finish(queue, first, { _tag: "Forget" }, start), false, "the first says Forget")
        yield* equal(yield* store.extend(queue, first, { now: start + lease, lease: hour }), false, "the first extends")
        yield* equal(yield* store.get(queue, "a"), before, "nothing is written")
        yield* equal(yield* store.finish(queue, second!, done("in time"), start + lease), true, "the second finishes")
        yield* equal(yield* store.finish(queue, second!, done("twice"), start + lease), false, "and only once")
        yield* equal((yield* store.get(queue, "a"))?.outcome, "in time", "the outcome")
      })
  ),
  check("a lease that has run out is held until another takes the item", (store) =>
    Effect.gen(function*() {
      const held = yield* leased(store)
      yield* equal(yield* store.extend(queue, held, { now: start + 2 * lease, lease }), true, "it is extended")
      yield* equal(yield* taken(store, start + 2 * lease), [], "the item isn't taken")
      yield* equal(yield* store.finish(queue, held, done(), start + 5 * lease), true, "it is finished")
    })),
  check("an extended lease lasts from then on, however long", (store) =>
    Effect.gen(function*() {
      const held = yield* leased(store)
      const half = start + lease / 2
      yield* equal(yield* store.extend(queue, held, { now: half, lease }), true, "it is held")
      yield* equal(yield* taken(store, start + lease), [], "when it would have run out")
      yield* equal(yield* store.next(queue), half + lease, "when the item may be begun")
      const { attempts, time } = (yield* store.get(queue, "a"))!
      yield* equal([attempts, time], [1, start], "nothing else of the item changes")
      yield* equal(yield* taken(store, half + lease), ["a"], "when it has run out")
    })),
  check(
    "a clock that is set back by an hour leaves no item leased for longer than its lease",
    (store) =>
      Effect.gen(function*() {
        const held = yield* leased(store)
        yield* equal(yield* taken(store, start - hour), ["a"], "the lease was given in the future")
        yield* equal(yield* store.finish(queue, held, done(), start - hour), false, "the first finishes")
        yield* equal(yield* taken(store, start - hour + lease - 1), [], "the second has a whole lease")
        yield* equal(yield* taken(store, start - hour + lease), ["a"], "then it has run out")
      })
  ),
  check("a clock that is set back doesn't let an item be begun before it is due", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [item("a", { due: start + 1 })], start)
      yield* store.put(queue, item("b", { due: start + 1 }), start)
      yield* equal(yield* taken(store, start - hour), [], "an hour before")
      yield* equal(yield* taken(store, start), [], "a millisecond before")
      const items = yield* take(store, start + 1)
      yield* equal(ids(items), ["a", "b"], "when it is due")
      yield* store.finish(queue, items[0]!, again(start + hour, null), start + 1)
      yield* equal(yield* taken(store, start - hour), ["b"], "one that is to begin again, and one that was leased")
      yield* equal(
        yield* taken(store, start + hour),
        ["b", "a"],
        "when the lease has run out, and when it is due again"
      )
    })),
  check(
    "a clock that is set back by an hour leaves nothing waiting that was due when it was added, or failed once",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(queue, [item("added"), ...inLane("l", "first", "second")], start)
        yield* store.put(queue, item("put"), start)
        yield* store.add(queue, ["retried", "again", "replayed"].map((id) => item(id, { due: start - 1 })), start - 1)
        const held = yield* take(store, start - 1)
        yield* equal(ids(held), ["retried", "again", "replayed"], "what is due before the others")
        const results = [retry(start + 30_000, "no"), again(start, null), park("no")]
        yield* Effect.forEach(held, (item, index) => store.finish(queue, item, results[index]!, start))
        yield* store.replay(queue, "replayed", start)
        yield* equal(yield* taken(store, start - lease), [], "a whole lease before")
        const items = yield* take(store, start - hour)
        const all = ["added", "first", "put", "again", "replayed", "retried"]
        yield* equal(ids(items).toSorted(), all.toSorted(), "an hour before")
        yield* Effect.forEach(items, (item) => store.finish(queue, item, done(), start - hour))
        yield* equal(yield* taken(store, start - hour), ["second"], "the next of its lane")
      })
  ),
  check(
    "a clock that is set forward by an hour ends leases, and those who had them can't finish",
    (store) =>
      Effect.gen(function*() {
        const held = yield* leased(store)
        yield* equal(yield* taken(store, start + hour), ["a"], "an hour later")
        yield* equal(yield* store.finish(queue, held, done(), start + 1), false, "the first finishes")
      })
  ),
  check(
    "who looks with a clock that is a little behind, or looked at it before, takes no item away",
    (store) =>
      Effect.gen(function*() {
        const held = yield* leased(store)
        yield* equal(yield* taken(store, start - 1), [], "one millisecond before")
        yield* equal(yield* taken(store, start - lease), [], "a whole lease before")
        yield* store.extend(queue, held, { now: start + lease / 2, lease })
        yield* equal(yield* taken(store, start), [], "before it was extended")
        yield* equal(yield* store.take(queue, { now: start, lease: lease / 2, limit: 10 }), [], "with a shorter lease")
        yield* equal(yield* store.finish(queue, held, done(), start + lease), true, "the lease is held")
      })
  ),
  check(
    "of many that take at once no two get one item, and no two items of a lane are held at once",
    (store) =>
      Effect.gen(function*() {
        const count = 120
        yield* store.add(
          queue,
          Array.from({ length: count }, (_, index) => item(`${index}`, { lane: `${index % 5}` })),
          start
        )
        const seen: Array<string> = []
        const held = new Set<number>()
        const worker = Effect.gen(function*() {
          while (seen.length < count) {
            const items = yield* take(store, start, 3)
            for (const { id } of items) {
              yield* isTrue(!held.has(Number(id) % 5), `nobody else is at the lane of ${id}`)
              held.add(Number(id) % 5)
            }
            seen.push(...ids(items))
            yield* Effect.yieldNow
            for (const item of items) {
              held.delete(Number(item.id) % 5)
              yield* equal(yield* store.finish(queue, item, done(), start), true, "a lease that nobody took")
            }
            yield* Effect.yieldNow
          }
        })
        yield* together(Array.from({ length: 8 }, () => worker))
        yield* equal(new Set(seen).size, count, "the items that were taken")
        yield* equal(seen.length, count, "how often one was taken")
        yield* equal(yield* finishAll(store, start + hour, done()), [], "what is left")
      })
  )
]
