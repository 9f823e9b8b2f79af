/** Subscriptions: nothing is lost between replay and live, nothing comes twice from a batch's checkpoint. */
import * as Checkpoint from "@reventless/core/Checkpoint"
import { EventStore } from "@reventless/core/EventStore"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import * as Token from "@reventless/core/Token"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type AnyCheck, chapter, equal, eventually, isTrue, type PositionedCheck } from "./Check.ts"
import { append, event, labels, range, read, together } from "./Fixture.ts"
import { follow, replay } from "./Follower.ts"

const check = chapter("subscriptions")

const ordered = Lane.keyed(["Added", "Removed"], "order")

const added = (label: string, order = 1) => event(label, "Added", [`order:${order}`])

/** A checkpoint or token, made into text and back. */
const throughText = <A>(schema: Schema.Codec<A, string>, value: A) =>
  Effect.flatMap(Schema.encodeEffect(schema)(value), (text) => Schema.decodeEffect(schema)(text))

export const subscriptions: ReadonlyArray<AnyCheck> = [
  ...[ordered, Lane.unordered(["Added", "Removed"])].map((lane) =>
    check(
      `a checkpoint has reached a token when all that it stands for has come, and not before (${lane._tag})`,
      Effect.gen(function*() {
        const store = yield* EventStore
        const { batches, end, seen } = yield* follow(lane)
        yield* eventually(() => batches.length > 0, "the first batch comes")
        const begin = batches.at(-1)!.checkpoint
        for (const round of range(4)) {
          const before = batches.at(-1)!.checkpoint
          const events = [added(`${round}.a`, 1), event(`${round}.b`, "Noted", ["order:2"]), added(`${round}.c`, 2)]
          const token = yield* throughText(Token.Token, (yield* append(events)).token)
          yield* equal(store.reached(lane, before, token), false, "whether the checkpoint before it has reached it")
          yield* eventually(
            () => batches.some(({ checkpoint }) => store.reached(lane, checkpoint, token)),
            "a checkpoint reaches the token"
          )
          const reaching = batches.findIndex(({ checkpoint }) => store.reached(lane, checkpoint, token))
          const come = new Set(labels(batches.slice(0, reaching + 1).flatMap(({ events }) => events)))
          yield* isTrue(come.has(`${round}.a`) && come.has(`${round}.c`), "what the token stands for came before it")
          const last = yield* throughText(Checkpoint.Checkpoint, batches.at(-1)!.checkpoint)
          yield* equal(store.reached(lane, last, token), true, "whether a later checkpoint has reached it, as text")
        }
        yield* equal(store.reached(lane, begin, Token.none), true, "whether the beginning has reached no token")
        yield* end(8)
        yield* equal(new Set(seen()).size, 8, "events that came")
      })
    )
  ),
  check(
    "an event of the lane's types without a tag of its key doesn't come",
    Effect.gen(function*() {
      yield* append([added("1"), event("2", "Added", []), event("3", "Added", ["cart:1"]), added("4")])
      const { end } = yield* follow(ordered)
      yield* append([event("5", "Removed", ["cart:1"]), added("6")])
      yield* equal(yield* end(3), ["1", "4", "6"], "events that came")
    })
  ),
  check(
    "a subscription gives what was there and then what is added, in order",
    Effect.gen(function*() {
      yield* append(range(5).map((index) => added(`${index}`)))
      const { end, seen } = yield* follow(ordered)
      yield* eventually(() => seen().length === 5, "what was there comes")
      for (const index of range(5)) yield* append([added(`${index + 5}`)])
      yield* equal(yield* end(10), range(10).map(String), "events that came")
    })
  ),
  check(
    "a subscription to an empty store gives the first event when it is added",
    Effect.gen(function*() {
      const { end } = yield* follow(ordered)
      yield* Effect.sleep(5)
      yield* append([added("1")])
      yield* equal(yield* end(1), ["1"], "events that came")
    })
  ),
  check(
    "a subscription says at once that it is at the end, also of an empty log and from a checkpoint there",
    Effect.gen(function*() {
      const store = yield* EventStore
      const first = (checkpoint?: Checkpoint.Checkpoint) =>
        Effect.map(
          Stream.runCollect(Stream.take(store.subscribe({ lane: ordered, checkpoint }), 1)),
          ([batch]) => batch!
        )
      const empty = yield* first()
      yield* equal([labels(empty.events), empty.caughtUp], [[], true], "the first batch of an empty log")
      yield* append([added("1")])
      const { checkpoint } = yield* first(empty.checkpoint)
      const end = yield* first(checkpoint)
      yield* equal([labels(end.events), end.caughtUp], [[], true], "the first batch at the end")
    })
  ),
  check(
    "a subscription gives the events of its lane's types only",
    Effect.gen(function*() {
      yield* append([added("1"), event("2", "Noted", ["order:1"]), event("3", "Removed", ["order:1"])])
      const { end } = yield* follow(Lane.unordered(["Added"]))
      yield* append([event("4", "Noted", ["order:1"]), event("5", "Removed", ["order:1"]), added("6")])
      yield* equal(yield* end(2), ["1", "6"], "events that came")
    })
  ),
  check(
    "a subscription gives events as they are stored, positions, data and meta included",
    Effect.gen(function*() {
      yield* append([event("1", "Added", ["order:1"], { b: 1, a: [null] })])
      const { batches, end } = yield* follow(ordered)
      yield* end(1)
      const come = batches.flatMap(({ events }) => events).map(({ extent: _extent, ...event }) => event)
      yield* equal(come, yield* read(Query.all), "events that came")
    })
  ),
  check(
    "a long log is replayed whole, and the last batch says that nothing more was there",
    Effect.gen(function*() {
      yield* Effect.forEach(range(35), (write) => append(range(20).map((part) => added(`${write * 20 + part}`))))
      const { batches, end } = yield* follow(ordered)
      yield* eventually(() => batches.some(({ caughtUp }) => caughtUp), "a batch says that nothing more was there")
      const replayed = batches.slice(0, batches.findIndex(({ caughtUp }) => caughtUp) + 1)
      yield* equal(
        labels(replayed.flatMap(({ events }) => events)),
        range(700).map(String),
        "events that came before it was said"
      )
      yield* equal(yield* end(700), range(700).map(String), "events that came")
    })
  ),
  check(
    "resuming from the checkpoint of any batch gives exactly what came after that batch",
    Effect.gen(function*() {
      const { batches, end } = yield* follow(ordered)
      for (const index of range(12)) {
        yield* append(range(index % 3 + 1).map((part) => added(`${index}.${part}`)))
        yield* append([event(`foreign${index}`, "Noted", ["order:1"])])
        if (index % 3 === 0) yield* Effect.sleep(2)
      }
      const all = yield* end(24)
      let seen = 0
      for (const batch of batches) {
        seen += batch.events.length
        const text = yield* Schema.encodeEffect(Checkpoint.Checkpoint)(batch.checkpoint)
        const checkpoint = yield* Schema.decodeEffect(Checkpoint.Checkpoint)(text)
        yield* equal(yield* replay(ordered, all.length - seen, checkpoint), all.slice(seen), "events after the batch")
      }
    })
  ),
  check(
    "a batch's checkpoint covers the events that came up to it, and none that comes later",
    Effect.gen(function*() {
      const { batches, end } = yield* follow(ordered)
      for (const index of range(6)) {
        yield* append([added(`${index}`, index % 2), event(`f${index}`, "Noted", ["order:0"])])
      }
      yield* end(6)
      for (const [index, { checkpoint }] of batches.entries()) {
        const come = batches.slice(0, index + 1).flatMap(({ events }) => events)
        const later = batches.slice(index + 1).flatMap(({ events }) => events)
        yield* isTrue(come.every((event) => Checkpoint.covers(checkpoint, event)), "it covers what came")
        yield* isTrue(!later.some((event) => Checkpoint.covers(checkpoint, event)), "it doesn't cover what comes later")
      }
    })
  ),
  check(
    "the checkpoint before the first event gives everything",
    Effect.gen(function*() {
      yield* append([added("1"), added("2")])
      yield* equal(yield* replay(ordered, 2, Checkpoint.beginning), ["1", "2"], "events that came")
    })
  ),
  check(
    "after a checkpoint past events of other types only what is new comes",
    Effect.gen(function*() {
      yield* append([added("1"), ...range(30).map((index) => event(`f${index}`, "Noted", ["order:1"]))])
      const first = yield* follow(ordered)
      yield* first.end(1)
      const resumed = yield* follow(ordered, first.batches.at(-1)!.checkpoint)
      yield* append([event("f", "Noted", ["order:1"]), added("2")])
      yield* equal(yield* resumed.end(1), ["2"], "events that came")
    })
  ),
  check(
    "nothing is lost or repeated between replay and live while others append",
    Effect.gen(function*() {
      yield* append(range(40).map((index) => added(`old${index}`)))
      const writer = Effect.forEach(range(60), (index) => Effect.andThen(Effect.yieldNow, append([added(`${index}`)])))
      const writing = yield* Effect.forkChild(writer)
      const followers = yield* Effect.forEach(range(4), () => Effect.tap(follow(ordered), () => Effect.sleep(1)))
      yield* Fiber.join(writing)
      const expected = labels(yield* read(Query.all))
      for (const { end } of followers) yield* equal(yield* end(100), expected, "events that came")
    })
  ),
  check(
    "with many appending at once every event comes exactly once, each entity's in its order",
    Effect.gen(function*() {
      const { end } = yield* follow(ordered)
      yield* together(
        range(16).map((writer) =>
          Effect.forEach(range(10), (turn) =>
            Effect.andThen(
              Effect.yieldNow,
              append([0, 1, 2].map((part) => added(`${writer}.${turn}.${part}`, part === 0 ? turn % 4 : 9)))
            ))
        )
      )
      const seen = yield* end(480)
      yield* equal(seen.length, 480, "the number of events that came")
      for (const order of [0, 1, 2, 3, 9]) {
        const expected = labels(yield* read(Query.make({ tags: [`order:${order}`] })))
        const own = new Set(expected)
        yield* equal(seen.filter((label) => own.has(label)), expected, `events of the entity ${order}`)
      }
    })
  ),
  check(
    "subscriptions don't disturb each other, and one that ends leaves nothing behind",
    Effect.gen(function*() {
      const first = yield* follow(ordered)
      const second = yield* follow(Lane.unordered(["Removed"]))
      yield* append([added("1"), event("2", "Removed", ["order:1"])])
      yield* equal(yield* first.end(2), ["1", "2"], "events of the first")
      yield* append([event("3", "Removed", ["order:1"])])
      yield* equal(yield* second.end(2), ["2", "3"], "events of the second")
      yield* equal(first.seen(), ["1", "2"], "nothing came after the end")
      yield* append([added("4")])
    })
  )
]

export const positionedSubscriptions: ReadonlyArray<PositionedCheck> = [
  check(
    "a total lane gives all events in the order of their positions while many append",
    Effect.gen(function*() {
      const { end } = yield* follow(Lane.total(["Added", "Removed"]))
      yield* together(
        range(16).map((writer) =>
          Effect.forEach(
            range(10),
            (turn) => Effect.andThen(Effect.yieldNow, append([added(`${writer}.${turn}`, writer)]))
          )
        )
      )
      yield* equal(yield* end(160), labels(yield* read(Query.all)), "events that came")
    })
  ),
  check(
    "checkpoints advance over events of other types",
    Effect.gen(function*() {
      yield* append(range(30).map((index) => event(`${index}`, "Noted", ["order:1"])))
      const { batches, end } = yield* follow(ordered)
      yield* eventually(() => batches.length > 0, "a batch comes, although nothing is of the lane's types")
      yield* eventually(
        () => batches.some(({ checkpoint: { extent } }) => extent._tag === "UpTo" && extent.position >= 30),
        "its checkpoint is behind them"
      )
      yield* equal(yield* end(0), [], "events that came")
    })
  ),
  check(
    "a stream read begins after a checkpoint",
    Effect.gen(function*() {
      const store = yield* EventStore
      yield* append([added("1"), added("2")])
      const { batches, end } = yield* follow(ordered)
      yield* end(2)
      yield* append([added("3")])
      const found = yield* Stream.runCollect(store.read(Query.all, { checkpoint: batches.at(-1)!.checkpoint }))
      yield* equal(labels(found), ["3"], "events read")
    })
  )
]
