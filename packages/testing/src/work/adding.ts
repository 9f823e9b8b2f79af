import * as Effect from "effect/Effect"
import { equal, isTrue } from "../conformance/Check.ts"
import { together } from "../conformance/Fixture.ts"
import {
  chapter,
  done,
  finishAll,
  forget,
  hour,
  ids,
  item,
  leased,
  queue,
  start,
  storeOf,
  take,
  taken
} from "./Fixture.ts"

const check = chapter("adding")

const values = [null, true, 0, -1.5, 1e300, "", "a\u0000b", "\ud800", "\u{1F680}", [], {}, [null, [1]], {
  b: 1,
  a: { c: "" }
}]

export const adding = [
  check("an item comes back as it was added, pending and without attempts", (store) =>
    Effect.gen(function*() {
      const given = item("a", { lane: "l", due: start + 5, content: { to: ["you"] } })
      yield* store.add(queue, [given], start + 1)
      const found = yield* store.get(queue, "a")
      const { sequence, ...rest } = found!
      yield* isTrue(Number.isSafeInteger(sequence) && sequence > 0, "the sequence is a positive whole number")
      yield* equal(
        rest,
        { ...given, state: "Pending", attempts: 0, reason: undefined, outcome: undefined, time: start + 1 },
        "the item"
      )
      yield* equal(yield* store.get(queue, "b"), undefined, "an item that was never added")
    })),
  check("content and outcomes of every kind come back as they were given", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, values.map((content, index) => item(`${index}`, { content })), start)
      const items = yield* take(store, start)
      yield* equal(items.map(({ content }) => content), values, "content that was taken")
      for (const item of items) yield* store.finish(queue, item, done(item.content), start)
      const stored = yield* store.list(queue, { state: "Done", limit: 100 })
      yield* equal(stored.map(({ content }) => content), values, "content that was listed")
      yield* equal(stored.map(({ outcome }) => outcome), values, "outcomes")
    })),
  check("an item that is added again is left as it is", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [item("a")], start)
      const first = yield* store.get(queue, "a")
      yield* store.add(queue, [item("a", { lane: "other", due: start - 1, content: "other" })], start + 1)
      yield* equal(yield* store.get(queue, "a"), first, "a pending item")
      const [held] = yield* take(store, start)
      yield* store.add(queue, [item("a")], start + 2)
      yield* equal(yield* taken(store, start + 2), [], "a leased item is taken")
      yield* equal(yield* store.finish(queue, held!, done("sent"), start + 3), true, "its lease is held")
    })),
  check("an item that is done is left as it is when it is added again, long after", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [item("a")], start)
      yield* finishAll(store, start, done("sent"))
      const first = yield* store.get(queue, "a")
      yield* store.add(queue, [item("a", { lane: "other" })], start + 1000 * hour)
      yield* equal(yield* store.get(queue, "a"), first, "the item")
      yield* equal(yield* taken(store, start + 2000 * hour), [], "what may be begun")
      yield* equal(yield* store.next(queue), undefined, "when something may be begun")
    })),
  check("an item that is added twice at once is added as the first says", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [item("a", { content: 1 }), item("a", { content: 2 }), item("b")], start)
      yield* equal(ids(yield* store.list(queue, { limit: 10 })), ["a", "b"], "the items")
      yield* equal((yield* store.get(queue, "a"))?.content, 1, "its content")
    })),
  check("of many that add one item at once, one adds it", (store) =>
    Effect.gen(function*() {
      yield* together(
        Array.from({ length: 20 }, (_, index) => store.add(queue, [item("a", { content: index })], start))
      )
      yield* equal(ids(yield* store.list(queue, { limit: 100 })), ["a"], "the items")
    })),
  check("items that are added together are added all or none", (store) =>
    Effect.gen(function*() {
      const circular: Array<unknown> = []
      circular.push(circular)
      const items = [item("a"), item("b", { content: circular as never })]
      const result = yield* Effect.result(store.add(queue, items, start))
      const found = ids(yield* Effect.orElseSucceed(store.list(queue, { limit: 10 }), () => []))
      yield* result._tag === "Failure"
        ? equal(found, [], "what was added by an add that failed")
        : equal(found, ["a", "b"], "what was added")
    })),
  check("many items that are added together are seen all or none, by whoever looks", (store) =>
    Effect.gen(function*() {
      const seen = new Set<number>()
      const look = Effect.gen(function*() {
        seen.add((yield* store.list(queue, { limit: 1000 })).length % 10)
        yield* Effect.yieldNow
      })
      const adder = Effect.gen(function*() {
        for (let batch = 0; batch < 20; batch++) {
          yield* store.add(queue, Array.from({ length: 10 }, (_, index) => item(`${batch}:${index}`)), start)
          yield* Effect.yieldNow
        }
      })
      yield* Effect.raceFirst(Effect.forever(look), adder)
      yield* equal([...seen], [0], "items beyond whole batches")
      yield* equal((yield* store.list(queue, { limit: 1000 })).length, 200, "how many items")
    })),
  check("sequences increase in the order of adding, and none is given again", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [item("a"), item("b")], start)
      yield* store.add(queue, [item("c")], start - hour)
      const items = yield* store.list(queue, { limit: 10 })
      yield* equal(ids(items), ["a", "b", "c"], "the order")
      yield* isTrue(items.every(({ sequence }, index) => sequence > (items[index - 1]?.sequence ?? 0)), "increasing")
      yield* store.cancel(queue, "c")
      yield* store.add(queue, [item("c")], start)
      yield* isTrue((yield* store.get(queue, "c"))!.sequence > items[2]!.sequence, "that of an item added anew")
    })),
  check(
    "an item that was forgotten or cancelled may be added again, and its old lease is of no use",
    (store) =>
      Effect.gen(function*() {
        const held = yield* leased(store)
        yield* store.finish(queue, held, forget, start)
        yield* equal(yield* store.get(queue, "a"), undefined, "a forgotten item")
        yield* store.add(queue, [item("a")], start)
        const [second] = yield* take(store, start)
        yield* equal(second!.attempts, 1, "the attempts of the new item")
        yield* equal(
          yield* store.finish(queue, held, done(), start),
          false,
          "finishing by the lease on the forgotten one"
        )
        yield* store.cancel(queue, "a")
        yield* store.add(queue, [item("a")], start)
        yield* take(store, start)
        yield* equal(yield* store.finish(queue, second!, done(), start), false, "by the lease on the cancelled one")
        yield* equal((yield* store.get(queue, "a"))?.state, "Leased", "the newest item")
      })
  ),
  check("queues and plugins know nothing of each other's items", (store) =>
    Effect.gen(function*() {
      const other = yield* storeOf("Billing")
      yield* store.add(queue, [item("a", { content: 1 })], start)
      yield* store.add("other", [item("a", { content: 2 })], start)
      yield* other.add(queue, [item("a", { content: 3 })], start)
      const [held] = yield* take(store, start)
      yield* equal(held?.content, 1, "what was taken")
      yield* equal(yield* store.finish("other", held!, done(), start), false, "finishing it in another queue")
      yield* equal(yield* other.finish(queue, held!, done(), start), false, "finishing it in another plugin")
      yield* equal((yield* store.list("other", { limit: 10 })).map(({ content }) => content), [2], "the other queue")
      yield* equal((yield* take(other, start)).map(({ content }) => content), [3], "the other plugin")
      yield* equal(yield* (yield* storeOf("Shop")).get(queue, "a"), yield* store.get(queue, "a"), "opened again")
    }))
]
