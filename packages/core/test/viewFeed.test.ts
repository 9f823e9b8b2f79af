import { assert, describe, it } from "@effect/vitest"
import * as Event from "@reventless/core/Event"
import type { SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Id from "@reventless/core/Id"
import * as ReactionPipeline from "@reventless/core/ReactionPipeline"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import type * as View from "@reventless/core/View"
import type { ViewCommit, ViewStoreShape } from "@reventless/core/ViewStore"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as ViewFeed from "../src/internal/views/viewFeed.ts"

const ItemId = Id.make("item")
class Counted extends Event.make("Counted", { item: ItemId, poison: Schema.optionalKey(Schema.Boolean) }) {}

class Items extends StateViewSlice.make("Items", {
  row: { item: ItemId, count: Schema.Int },
  key: "item",
  consumes: [Counted]
}) {}
const ItemsLive = Items.projection((rows) => ({
  Counted: ({ item, poison }) =>
    rows.update(item, (row) => {
      if (poison === true) throw new Error("poison")
      return { ...row, count: row.count + 1 }
    }, { initial: { item, count: 0 } })
}))

class Totals extends StateViewSlice.make("Totals", {
  row: { name: Schema.String, count: Schema.Int },
  id: "name",
  initial: { count: 0 },
  consumes: [Counted]
}) {}
const TotalsLive = Totals.projection((rows) => ({ Counted: ({ item }) => rows.add(item, { count: 1 }) }))

const eventAt = (position: number, item: string, poison = false): SequencedEvent => ({
  type: "Counted",
  tags: [`item:${item}`],
  data: poison ? { item, poison } : { item },
  meta: {
    messageId: `m${position}`,
    correlationId: `m${position}`,
    time: 0,
    service: "Test",
    schemaVersion: 1
  },
  position
})

/** `count` events that go round so many items; those at the positions given are poison. */
const log = (count: number, items: number, poison: ReadonlyArray<number> = []) =>
  Array.from({ length: count }, (_, n) => eventAt(n + 1, `i${n % items}`, poison.includes(n + 1)))

const batchSize = 512

/** Feeds what the generation doesn't have, as a subscription does. */
const feedAll = Effect.fnUntraced(function*(feed: ViewFeed.ViewFeed, events: ReadonlyArray<SequencedEvent>) {
  const { extent } = feed.checkpoint()
  for (let at = extent._tag === "UpTo" ? extent.position : 0; at < events.length; at += batchSize) {
    const batch = events.slice(at, at + batchSize)
    const checkpoint = { extent: Extent.upTo(batch.at(-1)!.position) }
    yield* feed.apply({ events: batch, checkpoint, caughtUp: at + batchSize >= events.length })
  }
})

/** A generation of a view without rows, that is active or being built, and the commits to it. */
const start = Effect.fnUntraced(function*(
  behavior: View.Behavior<string, unknown>,
  options: { readonly active: boolean; readonly before?: (step: ViewCommit, commits: number) => Effect.Effect<void> }
) {
  const memory = yield* ViewStoreMemory.make
  const { fingerprint, name } = behavior.definition.spec
  yield* memory.open(name, fingerprint)
  const { generation } = options.active ? { generation: 1 } : yield* memory.build(name, fingerprint)
  const commits: Array<ViewCommit> = []
  let loaded = 0
  const store: ViewStoreShape = {
    ...memory,
    load: (...asked) => {
      loaded += asked[2].length
      return memory.load(...asked)
    },
    commit: (step) =>
      Effect.andThen(
        Effect.suspend(() => options.before?.(step, commits.length) ?? Effect.void),
        Effect.tap(memory.commit(step), () => Effect.sync(() => commits.push(step)))
      )
  }
  const target = { plugin: "Test", behavior, generation }
  const everything = { index: undefined, from: undefined, to: undefined, after: undefined, reverse: false }
  return {
    commits,
    loaded: () => loaded,
    memory,
    feed: ViewFeed.make({ ...target, store }),
    unguarded: ViewFeed.make({ ...target, store: memory }),
    pipeline: ReactionPipeline.make({ ...target, store: memory }),
    counts: Effect.map(
      memory.list(name, generation, { ...everything, limit: 1_000_000 }),
      (found) => found.map(({ row }) => (row.row as { readonly count: number }).count)
    ),
    parked: memory.parked(name, generation)
  }
})

const sum = (counts: ReadonlyArray<number>): number => counts.reduce((a, b) => a + b, 0)

describe("a view that is fed", () => {
  it.effect("while it is built, writes a row once, however many batches change it, and loads none", () =>
    Effect.gen(function*() {
      const { commits, counts, feed, loaded } = yield* start(ItemsLive, { active: false })
      yield* feedAll(yield* feed, log(100 * batchSize, 1000))
      // The first batch by itself, then all the others.
      assert.deepStrictEqual(commits.map(({ writes }) => writes.length), [batchSize, 1000])
      assert.strictEqual(loaded(), 0)
      assert.strictEqual(sum(yield* counts), 100 * batchSize)
    }))

  it.effect("while it is built, loses and doubles nothing when its process ends before any of its commits", () =>
    Effect.gen(function*() {
      const events = log(12_000, 5000, [700, 9000])
      let at = 0
      for (let ended = true; ended; at++) {
        const reached = yield* Deferred.make<void>()
        const { counts, feed, parked, unguarded } = yield* start(ItemsLive, {
          active: false,
          before: (_, commits) =>
            commits === at ? Effect.andThen(Deferred.succeed(reached, undefined), Effect.never) : Effect.void
        })
        const feeding = yield* Effect.forkChild(Effect.flatMap(feed, (feed) => feedAll(feed, events)))
        ended = yield* Effect.raceFirst(
          Effect.as(Deferred.await(reached), true),
          Effect.as(Fiber.join(feeding), false)
        )
        yield* Fiber.interrupt(feeding)
        yield* feedAll(yield* unguarded, events)
        // The lanes of the two that fail stop there: one has three events, the other two.
        assert.deepStrictEqual((yield* parked).map(({ position }) => position).toSorted((a, b) => a - b), [
          700,
          5700,
          9000,
          10_700
        ])
        assert.strictEqual(sum(yield* counts), events.length - 4)
      }
      // The first batch, and the rest in three slices.
      assert.strictEqual(at, 5)
    }))

  it.effect("while it is built without an order, commits rows with their checkpoint alone", () =>
    Effect.gen(function*() {
      const { commits, counts, feed } = yield* start(TotalsLive, { active: false })
      yield* feedAll(yield* feed, log(20_000, 20_000))
      let written = 0
      for (const { checkpoint, writes } of commits) {
        written += writes.length
        assert.deepStrictEqual(checkpoint.extent, Extent.upTo(written))
        assert.isAtMost(writes.length, 4096)
      }
      assert.strictEqual(sum(yield* counts), 20_000)
    }))

  it.effect("while it is queried, has the rows of its checkpoint after every commit", () =>
    Effect.gen(function*() {
      const { commits, feed, memory } = yield* start(ItemsLive, { active: true })
      const running = new Map<string, number>()
      yield* feedAll(yield* feed, log(20_000, 7000))
      for (const { checkpoint, writes } of commits) {
        for (const { id, row } of writes) running.set(id.key, (row as { readonly count: number }).count)
        assert.deepStrictEqual(checkpoint.extent, Extent.upTo(sum([...running.values()])))
      }
      assert.isAtMost(Math.max(...commits.map(({ writes }) => writes.length)), 4096)
      assert.deepStrictEqual((yield* memory.state("Items", 1))!.checkpoint.extent, Extent.upTo(20_000))
    }))

  it.effect("while it is queried, is committed after 250 ms at the latest", () =>
    Effect.gen(function*() {
      const { commits, feed } = yield* start(ItemsLive, { active: true })
      const fed = yield* feed
      const [first, second, third] = [0, 512, 1024].map((from) => ({
        events: log(1536, 10).slice(from, from + 512),
        checkpoint: { extent: Extent.upTo(from + 512) },
        caughtUp: false
      }))
      yield* fed.apply(first!)
      yield* fed.apply(second!)
      assert.deepStrictEqual([commits.length, fed.isShown()], [1, false])
      yield* TestClock.adjust(250)
      yield* fed.apply(third!)
      assert.deepStrictEqual([commits.length, fed.isShown()], [2, true])
    }))

  it.effect("keeps at most 131,072 rows and a batch in memory", () =>
    Effect.gen(function*() {
      const { commits, counts, feed, loaded } = yield* start(ItemsLive, { active: false })
      const events = log(140_000, 135_000)
      yield* feedAll(yield* feed, events)
      let uncommitted = 0
      for (const { checkpoint: { extent }, writes } of commits) {
        uncommitted += writes.length
        if (extent._tag !== "UpTo" || extent.position < 131_072) continue
        assert.isAtMost(uncommitted, 131_072 + batchSize)
        break
      }
      // What was forgotten is loaded when it is met again.
      assert.isAbove(loaded(), 0)
      assert.strictEqual(sum(yield* counts), events.length)
    }))

  it.effect("keeps at most 1,024 parked events in memory, and what a batch adds", () =>
    Effect.gen(function*() {
      const { commits, feed } = yield* start(ItemsLive, { active: false })
      const events = log(4096, 1)
      yield* feedAll(yield* feed, [eventAt(1, "i0", true), ...events.slice(1)])
      for (const { park } of commits) assert.isAtMost(park.length, 1024 + batchSize)
      assert.strictEqual(sum(commits.map(({ park }) => park.length)), 4096)
    }))

  it.effect("that another writer overtakes stops, and comes to the same rows when it is fed anew", () =>
    Effect.gen(function*() {
      const { counts, feed, pipeline } = yield* start(ItemsLive, { active: true })
      const events = log(3000, 10)
      const overtaken = yield* feed
      yield* pipeline.react(events.slice(0, 600), { extent: Extent.upTo(600) })
      const error = yield* Effect.flip(feedAll(overtaken, events))
      assert.strictEqual(error._tag, "Overtaken")
      assert.strictEqual(sum(yield* counts), 600)
      yield* feedAll(yield* feed, events)
      assert.strictEqual(sum(yield* counts), 3000)
    }))
})
