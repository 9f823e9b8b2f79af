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
  leased,
  park,
  queue,
  release,
  retry,
  start,
  take,
  taken
} from "./Fixture.ts"

const check = chapter("what becomes of an item")

export const results = [
  check("an item that is done stays, with its outcome, and is not begun again", (store) =>
    Effect.gen(function*() {
      const { lease: _, ...held } = yield* leased(store)
      yield* store.finish(queue, { ...held, lease: _ }, done({ sent: true }), start + 1)
      const expected = { ...held, state: "Done", outcome: { sent: true }, time: start + 1 }
      yield* equal(yield* store.get(queue, "a"), expected, "the item")
      yield* equal(yield* taken(store, start + hour), [], "what may be begun")
      yield* equal(yield* store.next(queue), undefined, "when something may be begun")
    })),
  check("no outcome and the outcome null are told apart", (store) =>
    Effect.gen(function*() {
      yield* store.add(queue, [item("a"), item("b")], start)
      const [a, b] = yield* take(store, start)
      yield* store.finish(queue, a!, done(), start)
      yield* store.finish(queue, b!, done(null), start)
      yield* equal((yield* store.get(queue, "a"))?.outcome, undefined, "no outcome")
      yield* equal((yield* store.get(queue, "b"))?.outcome, null, "the outcome null")
    })),
  check("an item that is done after a failed attempt has no reason", (store) =>
    Effect.gen(function*() {
      yield* store.finish(queue, yield* leased(store), retry(start, "no"), start)
      yield* finishAll(store, start, done())
      yield* equal((yield* store.get(queue, "a"))?.reason, undefined, "the reason")
    })),
  check("an item that begins again has its new content, and no attempts", (store) =>
    Effect.gen(function*() {
      yield* store.finish(queue, yield* leased(store), retry(start, "no"), start)
      yield* finishAll(store, start, again(start + 10, { next: 1 }))
      const found = (yield* store.get(queue, "a"))!
      yield* equal(
        [found.state, found.due, found.content, found.attempts, found.reason],
        ["Pending", start + 10, { next: 1 }, 0, undefined],
        "the item"
      )
      yield* equal(yield* store.next(queue), start + 10, "when it may be begun")
      yield* equal(yield* taken(store, start + 9), [], "before")
      yield* equal((yield* take(store, start + 10))[0]?.attempts, 1, "the attempts when it is begun again")
    })),
  check(
    "an item that is tried again keeps its content and its attempts, and says why",
    (store) =>
      Effect.gen(function*() {
        const held = yield* leased(store)
        yield* store.finish(queue, held, retry(start + 10, "the mail server is away"), start + 1)
        const { content, sequence } = held
        const found = (yield* store.get(queue, "a"))!
        yield* equal(
          [found.state, found.due, found.content, found.sequence, found.attempts, found.reason, found.time],
          ["Pending", start + 10, content, sequence, 1, "the mail server is away", start + 1],
          "the item"
        )
        yield* equal(yield* taken(store, start + 9), [], "before")
        yield* equal(yield* taken(store, start + 10), ["a"], "at its time")
      })
  ),
  check(
    "an item that is given back may be begun again at once, and its attempt doesn't count",
    (store) =>
      Effect.gen(function*() {
        const first = yield* leased(store)
        yield* store.finish(queue, first, retry(start + 1, "the mail server is away"), start)
        const [second] = yield* take(store, start + 1)
        yield* equal(second?.attempts, 2, "the attempts when it is begun again")
        yield* equal(yield* store.finish(queue, second!, release, start + 2), true, "whether it was held")
        const { attempts, due, reason, state } = (yield* store.get(queue, "a"))!
        yield* equal([state, due, attempts, reason], ["Pending", start + 2, 1, "the mail server is away"], "the item")
        const [third] = yield* take(store, start + 2)
        yield* equal(third?.attempts, 2, "the attempts when it is begun at last")
        yield* equal(yield* store.finish(queue, second!, done(), start + 2), false, "finishing by the former lease")
      })
  ),
  check("a parked item waits for a person, with its reason and its attempts", (store) =>
    Effect.gen(function*() {
      const held = yield* leased(store)
      yield* store.finish(queue, held, park("no such address"), start + 1)
      const found = (yield* store.get(queue, "a"))!
      yield* equal(
        [found.state, found.reason, found.attempts, found.time],
        ["Parked", "no such address", 1, start + 1],
        "the item"
      )
      yield* equal(yield* taken(store, start + hour), [], "what may be begun")
      yield* equal(yield* store.next(queue), undefined, "when something may be begun")
    })),
  check(
    "a replayed item is pending and due now, without attempts; its former lease is of no use",
    (store) =>
      Effect.gen(function*() {
        const held = yield* leased(store)
        yield* store.finish(queue, held, park("no"), start)
        yield* equal(yield* store.replay(queue, "a", start + 5), true, "whether there was one")
        const found = (yield* store.get(queue, "a"))!
        yield* equal(
          [found.state, found.due, found.attempts, found.time],
          ["Pending", start + 5, 0, start + 5],
          "the item"
        )
        yield* equal(yield* store.next(queue), start + 5, "when it may be begun")
        const [second] = yield* take(store, start + 5)
        yield* equal(second?.attempts, 1, "the attempts when it is begun")
        yield* equal(yield* store.finish(queue, held, done(), start + 5), false, "finishing by the former lease")
      })
  ),
  check("only a parked item is replayed", (store) =>
    Effect.gen(function*() {
      yield* equal(yield* store.replay(queue, "a", start), false, "none")
      yield* store.add(queue, [item("a", { due: start + 5 })], start)
      yield* equal(yield* store.replay(queue, "a", start), false, "a pending one")
      yield* equal(yield* taken(store, start), [], "which isn't due")
      yield* finishAll(store, start + 5, done())
      yield* equal(yield* store.replay(queue, "a", start), false, "a done one")
      yield* equal(yield* taken(store, start + lease), [], "what may be begun")
    })),
  check("an item that is done isn't cancelled", (store) =>
    Effect.gen(function*() {
      yield* equal(yield* store.cancel(queue, "a"), false, "none")
      yield* store.finish(queue, yield* leased(store), done("sent"), start)
      yield* equal(yield* store.cancel(queue, "a"), false, "a done one")
      yield* equal((yield* store.get(queue, "a"))?.outcome, "sent", "the item")
    })),
  check(
    "an item is completed whatever its state, stays known for ever, and its lane goes on",
    (store) =>
      Effect.gen(function*() {
        yield* equal(yield* store.complete(queue, "a", "closed", start), false, "none")
        yield* store.add(queue, [...inLane("pending", "a", "b"), ...inLane("parked", "c", "d")], start)
        yield* store.finish(queue, (yield* take(store, start))[0]!, retry(start + hour, "later"), start)
        yield* finishAll(store, start + lease, park("no"))
        for (const id of ["a", "c"]) {
          yield* equal(yield* store.complete(queue, id, { by: "x" }, start + lease), true, `whether there was ${id}`)
          yield* equal(yield* store.complete(queue, id, "again", start + lease), false, `whether there is ${id} still`)
          const found = yield* store.get(queue, id)
          yield* equal(
            [found?.state, found?.reason, found?.outcome, found?.time],
            ["Done", undefined, { by: "x" }, start + lease],
            id
          )
        }
        yield* store.add(queue, inLane("pending", "a"), start)
        yield* equal(yield* taken(store, start + lease), ["b", "d"], "what may be begun then")
      })
  ),
  check(
    "an item that was completed is no more whose lease it was, and what is behind it is begun",
    (store) =>
      Effect.gen(function*() {
        const held = yield* leased(store, { lane: "one" })
        yield* store.add(queue, inLane("one", "b"), start)
        yield* equal(yield* store.complete(queue, "a", undefined, start + 1), true, "whether there was one")
        yield* equal(yield* store.finish(queue, held, park("no"), start + 1), false, "finishing it")
        yield* equal(yield* store.extend(queue, held, { now: start + 1, lease }), false, "extending it")
        yield* equal((yield* store.get(queue, "a"))?.state, "Done", "the item")
        yield* equal(yield* store.next(queue), start, "when the next may be begun")
        yield* equal(yield* taken(store, start + 1), ["b"], "what may be begun")
      })
  ),
  check("a forgotten item is as if it had never been", (store) =>
    Effect.gen(function*() {
      yield* store.finish(queue, yield* leased(store), forget, start)
      yield* equal(yield* store.get(queue, "a"), undefined, "the item")
      for (const state of [undefined, "Pending", "Leased", "Parked", "Done"] as const) {
        yield* equal(yield* store.list(queue, { state, limit: 10 }), [], "a list of items")
      }
      yield* equal(yield* store.next(queue), undefined, "when something may be begun")
    }))
]
