import { assert, describe, it } from "@effect/vitest"
import * as Checkpoint from "@reventless/core/Checkpoint"
import * as Event from "@reventless/core/Event"
import type { SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Id from "@reventless/core/Id"
import * as ReactionPipeline from "@reventless/core/ReactionPipeline"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import type * as View from "@reventless/core/View"
import type { ViewStoreShape } from "@reventless/core/ViewStore"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const ItemId = Id.make("item")
class Added extends Event.make("Added", { items: Schema.Array(ItemId), amount: Schema.Int }) {}
class Renamed extends Event.make("Renamed", { item: ItemId, name: Schema.String }) {}
class Removed extends Event.make("Removed", { item: ItemId }) {}

class Items extends StateViewSlice.make("Items", {
  row: { item: ItemId, name: Schema.String, amount: Schema.Int },
  key: "item",
  consumes: [Added, Renamed, Removed],
  indexes: { byAmount: ["amount"] }
}) {}

/** Throws on the name "poison" until it is mended, and writes a stray row on the name "stray". */
const makeItems = (mended: { done: boolean } = { done: false }) =>
  Items.projection((rows) => ({
    Added: ({ amount, items }) =>
      items.map((item) =>
        rows.update(item, (row) => ({ ...row, amount: row.amount + amount }), {
          initial: { item, name: "", amount: 0 }
        })
      ),
    Renamed: ({ item, name }) => {
      if (name === "stray") return rows.remove(ItemId.make("another"))
      return rows.update(item, (row) => {
        if (name === "poison" && !mended.done) throw new Error("no such name")
        return { ...row, name: row.name + name }
      })
    },
    Removed: ({ item }) => rows.remove(item)
  }))

class Totals extends StateViewSlice.make("Totals", {
  row: { name: Schema.String, count: Schema.Int, longest: Schema.Int },
  id: "name",
  initial: { count: 0, longest: 0 },
  consumes: [Renamed]
}) {}
const TotalsLive = Totals.projection((rows) => ({
  Renamed: ({ name }) => [rows.add(name, { count: 1 }), rows.max(name, { longest: name.length })]
}))

const definitions = new Map<string, Event.Any>([["Added", Added], ["Renamed", Renamed], ["Removed", Removed]])

/** Stored events at the positions 1, 2, ... */
const log = (...events: ReadonlyArray<{ readonly _tag: string }>): ReadonlyArray<SequencedEvent> =>
  events.map((event, index) => {
    const { _tag, ...data } = event
    const messageId = `m${index + 1}`
    return {
      type: _tag,
      tags: definitions.get(_tag)!.tags(event),
      data: data as Schema.Json,
      meta: { messageId, correlationId: messageId, time: 0, service: "Test", schemaVersion: 1 },
      position: index + 1
    }
  })

const a = ItemId.make("a")
const b = ItemId.make("b")
const at = (position: number): Checkpoint.Checkpoint => ({ extent: Extent.upTo(position) })

/** A view with its pipeline on rows of its own. */
const start = Effect.fnUntraced(function*(behavior: View.Behavior<string, unknown>) {
  const store = yield* ViewStoreMemory.make
  const { spec } = behavior.definition
  const [{ generation }] = yield* store.open(spec.name, spec.fingerprint)
  const pipeline = ReactionPipeline.make({ plugin: "Test", behavior, store, generation })
  const feed = (events: ReadonlyArray<SequencedEvent>) => pipeline.react(events, at(events.at(-1)!.position))
  return { store, pipeline, feed, generation }
})

const rowsOf = (store: ViewStoreShape, view: string) =>
  Effect.map(
    store.list(view, 1, {
      index: undefined,
      from: undefined,
      to: undefined,
      after: undefined,
      reverse: false,
      limit: 99
    }),
    (found) => found.map(({ row }) => row.row)
  )

const history = log(
  Added.make({ items: [a, b], amount: 1 }),
  Renamed.make({ item: a, name: "x" }),
  Removed.make({ item: b }),
  Added.make({ items: [b], amount: 5 }),
  Renamed.make({ item: a, name: "y" }),
  Removed.make({ item: b }),
  Added.make({ items: [a], amount: 2 })
)
const expected = [{ item: "a", name: "xy", amount: 3 }]

describe("a view", () => {
  it.effect("is the same in every batch split, with every batch delivered again", () =>
    Effect.gen(function*() {
      for (let splits = 0; splits < 2 ** (history.length - 1); splits++) {
        const { feed, store } = yield* start(makeItems())
        let from = 0
        for (let index = 0; index < history.length; index++) {
          const cut = index === history.length - 1 || (splits >> index & 1) === 1
          if (!cut) continue
          yield* feed(history.slice(from, index + 1))
          yield* feed(history.slice(from, index + 1))
          yield* feed(history.slice(0, index + 1))
          from = index + 1
        }
        assert.deepStrictEqual(yield* rowsOf(store, "Items"), expected)
      }
    }))

  it.effect("leaves a tombstone where a row is removed, with the version that removed it", () =>
    Effect.gen(function*() {
      const { feed, store } = yield* start(makeItems())
      yield* feed(history)
      const [tombstone] = yield* store.load("Items", 1, [{ key: "b", sort: "" }])
      assert.deepInclude(tombstone!, { row: undefined, version: 6 })
    }))

  it.effect("commits nothing when its generation moved on, and computes the step anew", () =>
    Effect.gen(function*() {
      const { feed, store } = yield* start(makeItems())
      const other = ReactionPipeline.make({ plugin: "Test", behavior: makeItems(), store, generation: 1 })
      yield* feed(history.slice(0, 2))
      yield* other.react(history.slice(0, 5), at(5))
      const outcomes = yield* feed(history)
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag).filter((tag) => tag === "Applied").length, 2)
      assert.deepStrictEqual(yield* rowsOf(store, "Items"), expected)
    }))

  it.effect("never moves its checkpoint back", () =>
    Effect.gen(function*() {
      const { feed, pipeline, store } = yield* start(makeItems())
      yield* feed(history)
      yield* pipeline.react([], at(3))
      assert.deepStrictEqual((yield* store.state("Items", 1))!.checkpoint, at(7))
    }))
})

describe("an event that a view can't apply", () => {
  const poisoned = log(
    Added.make({ items: [a, b], amount: 1 }),
    Renamed.make({ item: a, name: "poison" }),
    Renamed.make({ item: b, name: "x" }),
    Renamed.make({ item: a, name: "y" }),
    Added.make({ items: [a, b], amount: 1 })
  )

  it.effect("parks the later ones of its lane, and nothing else", () =>
    Effect.gen(function*() {
      const { feed, store } = yield* start(makeItems())
      for (const event of poisoned) yield* feed([event])
      assert.deepStrictEqual(yield* rowsOf(store, "Items"), [
        { item: "a", name: "", amount: 1 },
        { item: "b", name: "x", amount: 2 }
      ])
      const parked = yield* store.parked("Items", 1)
      assert.deepStrictEqual(parked.map(({ lane, position, reason }) => [lane, position, reason]), [
        ["a", 2, "its update threw: no such name"],
        ["a", 4, undefined],
        ["a", 5, undefined]
      ])
    }))

  it.effect("is parked alike when it comes in the middle of a batch", () =>
    Effect.gen(function*() {
      const { feed, store } = yield* start(makeItems())
      yield* feed(poisoned)
      assert.deepStrictEqual((yield* store.parked("Items", 1)).map(({ position }) => position), [2, 4, 5])
      assert.deepStrictEqual((yield* rowsOf(store, "Items"))[1], { item: "b", name: "x", amount: 2 })
    }))

  it.effect("is replayed in order once the projection is mended, with those behind it", () =>
    Effect.gen(function*() {
      const mended = { done: false }
      const { feed, pipeline, store } = yield* start(makeItems(mended))
      yield* feed(poisoned)
      yield* pipeline.replay("a")
      assert.deepStrictEqual((yield* store.parked("Items", 1)).map(({ attempts }) => attempts), [2, 0, 0])
      mended.done = true
      const outcomes = yield* pipeline.replay("a")
      assert.deepStrictEqual(outcomes.map(({ _tag, position }) => [_tag, position]), [
        ["Applied", 2],
        ["Applied", 4],
        ["Applied", 5]
      ])
      assert.lengthOf(yield* store.parked("Items", 1), 0)
      assert.deepStrictEqual((yield* rowsOf(store, "Items"))[0], { item: "a", name: "poisony", amount: 2 })
      yield* feed(poisoned)
      assert.deepStrictEqual((yield* rowsOf(store, "Items"))[0], { item: "a", name: "poisony", amount: 2 })
    }))

  it.effect("is skipped with a record of who and why, and the lane goes on", () =>
    Effect.gen(function*() {
      const { feed, pipeline, store } = yield* start(makeItems())
      yield* feed(poisoned)
      assert.isTrue(yield* pipeline.skip("a", "ada", "a typing error"))
      yield* pipeline.replay("a")
      assert.deepStrictEqual((yield* rowsOf(store, "Items"))[0], { item: "a", name: "y", amount: 2 })
      const [skipped] = yield* store.skipped("Items")
      assert.deepInclude(skipped!, { lane: "a", position: 2, by: "ada", why: "a typing error" })
      assert.isFalse(yield* pipeline.skip("a", "ada", "there is nothing"))
    }))

  it.effect("because its version is unknown names event and version", () =>
    Effect.gen(function*() {
      const { feed, store } = yield* start(makeItems())
      const [event] = log(Renamed.make({ item: a, name: "x" }))
      yield* feed([{ ...event!, meta: { ...event!.meta, schemaVersion: 9 } }])
      assert.include((yield* store.parked("Items", 1))[0]!.reason!, "A stored 'Renamed' of version 9")
    }))

  it.effect("because it writes a row that it has no id of is told so", () =>
    Effect.gen(function*() {
      const { feed, store } = yield* start(makeItems())
      yield* feed(log(Renamed.make({ item: a, name: "stray" })))
      assert.include((yield* store.parked("Items", 1))[0]!.reason!, "writes the row 'another'")
    }))
})

describe("a view without an order", () => {
  it.effect("has the same rows in whatever order its events come", () =>
    Effect.gen(function*() {
      const events = log(...["x", "y", "x", "zz", "x"].map((name) => Renamed.make({ item: a, name })))
      for (const seed of [1, 2, 3, 4, 5]) {
        const { feed, store } = yield* start(TotalsLive)
        const reorder = (deliveries: ReadonlyArray<ReactionPipeline.Delivery>) =>
          Effect.succeed([...deliveries].sort((p, q) => (p.event.position * seed) % 7 - (q.event.position * seed) % 7))
        yield* Effect.provideService(feed(events), ReactionPipeline.DeliveryOrder, reorder)
        yield* feed(events)
        assert.deepStrictEqual(yield* rowsOf(store, "Totals"), [
          { name: "x", count: 3, longest: 1 },
          { name: "y", count: 1, longest: 1 },
          { name: "zz", count: 1, longest: 2 }
        ])
      }
    }))
})
