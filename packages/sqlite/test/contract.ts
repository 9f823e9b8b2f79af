import { assert, describe, it } from "@effect/vitest"
import * as Boundary from "@reventless/core/Boundary"
import type { EventStore, EventStoreError } from "@reventless/core/EventStore"
import { PositionedEventStore } from "@reventless/core/EventStore"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { event } from "./support.ts"

const carts = (id: string) => Query.make({ types: ["Added", "Removed"], tags: [`cart:${id}`] })

const positions = (events: ReadonlyArray<{ readonly position: number }>) => events.map(({ position }) => position)

/** What every positioned store promises, registered for the store that the layer makes anew for each test. */
export const storeContract = <E>(name: string, layer: Layer.Layer<EventStore | PositionedEventStore, E>) => {
  const test = <F>(claim: string, body: Effect.Effect<void, F, PositionedEventStore>) =>
    it.live(claim, () => body.pipe(Effect.provide(layer), Effect.scoped))

  describe(name, () => {
    test(
      "an event comes back as it was given",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const given = event("Añadido 🛒", ["cart:1", "note:a\u0000b", "cart:1"], {
          z: [1, 2.5, -3e300, null, true],
          a: { "\ud800": "\ud800", emoji: "👩‍👩‍👧" },
          big: Number.MAX_SAFE_INTEGER
        })
        const { events } = yield* store.append([given])
        const read = yield* Stream.runCollect(store.read(Query.all))
        assert.deepStrictEqual(read, [{ ...given, position: events[0]!.position }])
        assert.strictEqual(JSON.stringify(read[0]!.data), JSON.stringify(given.data))
      })
    )

    test(
      "a boundary that something was added to refuses the append, and nothing is written",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const { boundary } = yield* store.readBoundary(carts("1"))
        yield* store.append([event("Added", ["cart:1"])])
        const refused = yield* Effect.flip(store.append([event("Added", ["cart:1"])], { boundary }))
        assert.strictEqual(refused._tag, "AppendConflict")
        assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 1)
        const delta = yield* store.readBoundary(carts("1"), { since: boundary })
        assert.lengthOf(delta.events, 1)
        yield* store.append([event("Added", ["cart:1"])], { boundary: delta.boundary })
      })
    )

    test(
      "events of another tag or another type don't conflict",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const { boundary } = yield* store.readBoundary(carts("1"))
        yield* store.append([event("Added", ["cart:2"]), event("Renamed", ["cart:1"])])
        yield* store.append([event("Added", ["cart:1"])], { boundary })
      })
    )

    test(
      "a query item needs all its tags, a query any of its items",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        yield* store.append([
          event("Added", ["cart:1", "product:a"]),
          event("Added", ["cart:1", "product:b"]),
          event("Added", ["cart:2", "product:a"]),
          event("Closed", ["cart:2"]),
          event("Renamed", ["product:b"])
        ])
        const read = (query: Query.Query) =>
          Effect.map(Stream.runCollect(store.read(query)), (events) => events.map(({ tags }) => tags.join()))
        assert.deepStrictEqual(yield* read(Query.make({ tags: ["product:a", "cart:1"] })), ["cart:1,product:a"])
        assert.deepStrictEqual(yield* read(Query.make({ tags: ["product:a"] }, { types: ["Closed", "Added"] })), [
          "cart:1,product:a",
          "cart:1,product:b",
          "cart:2,product:a",
          "cart:2"
        ])
        assert.deepStrictEqual(yield* read(Query.make({ tags: ["cart:2", "cart:1"] })), [])
        assert.deepStrictEqual(yield* read(Query.make({ types: [], tags: ["product:b"] })), [
          "cart:1,product:b",
          "product:b"
        ])
        assert.lengthOf(yield* read(Query.make({ types: ["Renamed"] }, {})), 5)
      })
    )

    test(
      "a query of some hundred items is answered in order and without doubles",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const { events } = yield* store.append(
          Array.from({ length: 700 }, (_, index) => event(`Type${index % 7}`, [`cart:${index % 350}`]))
        )
        const query = Query.make({}, ...Array.from({ length: 349 }, (_, index) => ({ tags: [`cart:${index}`] })))
        const many = { items: query.items.slice(1) }
        const found = yield* Stream.runCollect(store.read(many))
        assert.deepStrictEqual(
          positions(found),
          positions(events.filter(({ tags }) => tags[0] !== "cart:349"))
        )
        const backwards = yield* Stream.runCollect(store.read(many, { backwards: true, limit: 600 }))
        assert.deepStrictEqual(positions(backwards), positions(found).toReversed().slice(0, 600))
      })
    )

    test(
      "a long log is read whole, from a position, backwards, after a checkpoint and up to a limit",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const { events } = yield* store.append(Array.from({ length: 1300 }, () => event("Added", ["cart:1"])))
        const all = positions(events)
        const read = (options?: Parameters<typeof store.read>[1]) =>
          Effect.map(Stream.runCollect(store.read(carts("1"), options)), positions)
        assert.deepStrictEqual(yield* read(), all)
        assert.deepStrictEqual(yield* read({ limit: 600 }), all.slice(0, 600))
        assert.deepStrictEqual(yield* read({ limit: 0 }), [])
        assert.deepStrictEqual(yield* read({ from: all[100]! }), all.slice(100))
        assert.deepStrictEqual(yield* read({ backwards: true }), all.toReversed())
        assert.deepStrictEqual(
          yield* read({ backwards: true, from: all[100]!, limit: 5 }),
          all.slice(96, 101).toReversed()
        )
        const checkpoint = { extent: { _tag: "UpTo", position: all[1200]! } } as const
        assert.deepStrictEqual(yield* read({ checkpoint }), all.slice(1201))
        assert.deepStrictEqual(yield* read({ checkpoint, backwards: true }), all.slice(1201).toReversed())
      })
    )

    test(
      "a command id gives its first result again, whatever the second append is",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const first = yield* store.append([event("Added", ["cart:1"]), event("Added", ["cart:1"])], { commandId: "c" })
        assert.isFalse(first.replayed)
        yield* store.append([event("Added", ["cart:1"])])
        const again = yield* store.append([], { commandId: "c", boundary: Boundary.absent(carts("1")) })
        assert.deepStrictEqual(again, { ...first, replayed: true })
        const confirmed = yield* store.confirm(Boundary.absent(carts("1")), { commandId: "c" })
        assert.deepStrictEqual(confirmed, { ...first, replayed: true })
        assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 3)
      })
    )

    test(
      "a refused append doesn't use up its command id",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        yield* store.append([event("Added", ["cart:1"])])
        const boundary = Boundary.absent(carts("1"))
        yield* Effect.flip(store.append([event("Added", ["cart:1"])], { boundary, commandId: "c" }))
        const later = yield* store.append([event("Added", ["cart:1"])], { commandId: "c" })
        assert.isFalse(later.replayed)
      })
    )

    test(
      "a boundary is confirmed as long as nothing was added to it",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const { boundary } = yield* store.readBoundary(carts("1"))
        yield* store.append([event("Added", ["cart:2"])])
        assert.isUndefined(yield* store.confirm(boundary))
        yield* store.append([event("Added", ["cart:1"])])
        assert.strictEqual((yield* Effect.flip(store.confirm(boundary)))._tag, "AppendConflict")
      })
    )

    test(
      "a condition by position holds together with the boundary",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const { events } = yield* store.append([event("Added", ["cart:1"])])
        const condition = { failIfEventsMatch: carts("1"), after: events[0]!.position }
        yield* store.append([event("Added", ["cart:2"])], { condition })
        const refused = yield* Effect.flip(
          store.append([event("Added", ["cart:2"])], { condition, boundary: Boundary.absent(carts("2")) })
        )
        assert.strictEqual(refused._tag, "AppendConflict")
        yield* Effect.flip(store.append([event("Added")], { condition: { failIfEventsMatch: Query.all } }))
      })
    )

    test(
      "of many racing appends on one boundary exactly one wins",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const { boundary } = yield* store.readBoundary(carts("1"))
        const results = yield* Effect.forEach(
          Array.from({ length: 100 }),
          () => Effect.exit(store.append([event("Added", ["cart:1"])], { boundary })),
          { concurrency: "unbounded" }
        )
        assert.lengthOf(results.filter(({ _tag }) => _tag === "Success"), 1)
        assert.lengthOf(yield* Stream.runCollect(store.read(Query.all)), 1)
      })
    )

    test(
      "an append without events is refused",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        const refused = yield* Effect.flip(store.append([]))
        assert.strictEqual((refused as EventStoreError).reason._tag, "InvalidRequest")
      })
    )

    test(
      "a subscription gives what is there and then what is added, and resumes after its checkpoint",
      Effect.gen(function*() {
        const store = yield* PositionedEventStore
        yield* store.append(Array.from({ length: 600 }, () => event("Added", ["cart:1"])))
        const lane = Lane.keyed(["Added"], "cart")
        const live = yield* store.subscribe({ lane }).pipe(
          Stream.takeUntil(({ events }) => events.some(({ tags }) => tags.includes("cart:9"))),
          Stream.runCollect,
          Effect.forkChild({ startImmediately: true })
        )
        yield* Effect.sleep(20)
        yield* store.append([event("Renamed", ["cart:1"])])
        yield* store.append([event("Added", ["cart:9"])])
        const batches = yield* Fiber.join(live)
        const events = batches.flatMap((batch) => batch.events)
        assert.lengthOf(events, 601)
        assert.isFalse(batches[0]!.caughtUp)
        assert.isTrue(batches.at(-1)!.caughtUp)
        const rest = yield* store.subscribe({ lane, checkpoint: batches[0]!.checkpoint }).pipe(
          Stream.take(1),
          Stream.runCollect
        )
        assert.deepStrictEqual(positions(rest[0]!.events), positions(events.slice(batches[0]!.events.length)))
      })
    )
  })
}
