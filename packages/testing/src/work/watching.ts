import type { WorkStoreShape } from "@reventless/core/WorkStore"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { equal, fail, Patience } from "../conformance/Check.ts"
import { together } from "../conformance/Fixture.ts"
import {
  chapter,
  done,
  finishAll,
  hour,
  ids,
  inLane,
  item,
  lease,
  park,
  queue,
  retry,
  start,
  storeOf,
  take,
  taken
} from "./Fixture.ts"

const check = chapter("looking and waiting")

/** The effect completes what was waited for before it. */
const wakes = <A, E, R>(store: WorkStoreShape, effect: Effect.Effect<A, E, R>, claim: string) =>
  Effect.gen(function*() {
    const patience = yield* Patience
    const changed = yield* store.changed
    const all = Effect.all([changed, changed], { concurrency: "unbounded" })
    yield* effect
    yield* Effect.timeoutOrElse(all, { duration: patience, orElse: () => fail(`${claim} completes what waits`) })
  })

export const watching = [
  check(
    "the next item is the one that may be begun first, of those that are first in their lane",
    (store) =>
      Effect.gen(function*() {
        yield* equal(yield* store.next(queue), undefined, "when there is none")
        yield* store.add(queue, [item("a", { due: start + 10 }), item("b", { due: start + 5 })], start)
        yield* store.add(queue, [item("c", { lane: "a", due: start + 1 })], start)
        yield* equal(yield* store.next(queue), start + 5, "of two lanes")
        yield* take(store, start + 5)
        yield* equal(yield* store.next(queue), start + 10, "when one is leased for longer")
        yield* take(store, start + 10)
        yield* equal(yield* store.next(queue), start + 5 + lease, "when all are leased")
        yield* equal(yield* store.next("other"), undefined, "in another queue")
      })
  ),
  check(
    "a list has what isn't finished, in the order in which it was added, page by page",
    (store) =>
      Effect.gen(function*() {
        yield* store.add(queue, ["c", "a", "e", "b", "d"].map((id) => item(id)), start)
        const [first] = yield* take(store, start, 1)
        yield* store.finish(queue, first!, done(), start)
        const [second] = yield* take(store, start, 1)
        yield* store.finish(queue, second!, park("no"), start)
        yield* take(store, start, 1)
        const all = yield* store.list(queue, { limit: Infinity })
        yield* equal(
          all.map(({ id, state }) => [id, state]),
          [["a", "Parked"], ["e", "Leased"], ["b", "Pending"], ["d", "Pending"]],
          "all but the finished one"
        )
        const page = yield* store.list(queue, { limit: 2 })
        yield* equal(page, all.slice(0, 2), "the first page")
        const rest = yield* store.list(queue, { limit: 10, after: page[1]!.sequence })
        yield* equal(rest, all.slice(2), "what comes after it")
        yield* equal(yield* store.list(queue, { limit: 10, after: all[3]!.sequence }), [], "what comes after all")
        yield* equal(yield* store.list(queue, { limit: 0 }), [], "a page of none")
      })
  ),
  check("a list of one state, or one lane, has only those", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [...inLane("l", "a", "b", "c", "d"), ...inLane("m", "e", "f", "g")], start)
      yield* finishAll(store, start, done())
      yield* finishAll(store, start, park("no"))
      yield* store.cancel(queue, "f")
      yield* take(store, start)
      const list = (options: Omit<Parameters<WorkStoreShape["list"]>[1], "limit">) =>
        Effect.map(store.list(queue, { limit: 10, ...options }), ids)
      yield* equal(yield* list({ state: "Pending" }), ["c", "d"], "pending")
      yield* equal(yield* list({ state: "Leased" }), ["g"], "leased")
      yield* equal(yield* list({ state: "Parked" }), ["b"], "parked")
      yield* equal(yield* list({ state: "Done" }), ["a", "e"], "done")
      yield* equal(yield* list({ lane: "l" }), ["b", "c", "d"], "of a lane, not finished")
      yield* equal(yield* list({ lane: "l", state: "Done" }), ["a"], "of a lane, done")
      yield* equal(yield* list({ lane: "m", state: "Pending" }), [], "of a lane, pending")
      yield* equal(yield* list({ lane: "n" }), [], "of a lane that isn't there")
      const { sequence } = (yield* store.get(queue, "b"))!
      yield* equal(yield* list({ lane: "l", after: sequence }), ["c", "d"], "of a lane, after one of them")
    })),
  check("pages of a list miss nothing while items before them are finished", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, Array.from({ length: 9 }, (_, index) => item(`${index}`)), start)
      const seen: Array<string> = []
      let after: number | undefined
      while (true) {
        const page = yield* store.list(queue, { after, limit: 2 })
        if (page.length === 0) break
        seen.push(...ids(page))
        after = page.at(-1)!.sequence
        yield* Effect.forEach(yield* take(store, start, 1), (item) => store.finish(queue, item, done(), start))
      }
      yield* equal(seen, Array.from({ length: 9 }, (_, index) => `${index}`), "the items on all pages")
    })),
  check("who waits is told of every kind of change", (store) =>
    Effect.gen(function*() {
      const once = Effect.map(take(store, start, 1), ([item]) => item!)
      yield* wakes(store, store.add(queue, [item("a")], start), "an add")
      yield* wakes(store, store.put(queue, item("a"), start), "a put")
      yield* wakes(store, store.finish(queue, yield* once, retry(start, "no"), start), "an attempt that failed")
      yield* wakes(store, store.finish(queue, yield* once, park("no"), start), "a parked item")
      yield* wakes(store, store.replay(queue, "a", start), "a replay")
      yield* wakes(store, store.finish(queue, yield* once, done(), start), "an item that is done")
      yield* store.add(queue, [item("b")], start)
      yield* wakes(store, store.cancel(queue, "b"), "a cancelled item")
      yield* store.add(queue, [item("d")], start)
      yield* wakes(store, store.complete(queue, "d", undefined, start), "a completed item")
      const again = yield* storeOf("Shop")
      yield* wakes(store, again.add(queue, [item("c")], start), "an add by another who opened the store")
      yield* wakes(store, store.add("other", [item("c")], start), "an add to another queue")
      yield* wakes(store, store.addLeased(queue, [item("e")], { now: start, lease }), "an item that is leased at once")
    })),
  check("nothing that is added between looking and waiting is missed", (store) =>
    Effect.gen(function*() {
      const count = 50
      const seen: Array<string> = []
      const all = yield* Deferred.make<void>()
      // Who is told of the last one may look before the other has noted it down: both work until all are noted.
      const worker = Effect.raceFirst(
        Effect.gen(function*() {
          while (true) {
            const changed = yield* store.changed
            const found = yield* finishAll(store, start + hour, done())
            seen.push(...found)
            if (seen.length >= count) yield* Deferred.succeed(all, undefined)
            if (found.length === 0) yield* changed
          }
        }),
        Deferred.await(all)
      )
      const adder = Effect.gen(function*() {
        for (let index = 0; index < count; index++) {
          yield* store.add(queue, [item(`${index}`)], start)
          yield* Effect.sleep(index % 3)
        }
      })
      yield* together([worker, worker, adder])
      yield* equal(new Set(seen).size, count, "the items that were done")
      yield* equal(yield* taken(store, start + 2 * hour), [], "what is left")
    }))
]
