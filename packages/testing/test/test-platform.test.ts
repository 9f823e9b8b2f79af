import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine } from "@reventless/core/QueryEngine"
import type { Delivery } from "@reventless/core/ReactionPipeline"
import { Scheduler } from "@reventless/core/Scheduler"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as ConfigProvider from "effect/ConfigProvider"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { vi } from "vitest"
import { shuffleLanes } from "../src/internal/shuffleLanes.ts"
import { AddProduct, Catalog, kettle, PriceList, ProductAdded, Products } from "./fixtures/catalog.ts"

class Counted extends Event.make("Counted", { number: Schema.Int }) {}
class Count extends StateChangeSlice.make("Count", {
  command: { to: Schema.Int },
  consumes: [],
  produces: [Counted]
}) {}
const CountLive = Count.behavior({
  initial: null,
  evolve: {},
  decide: ({ to }) => Effect.succeed(Array.from({ length: to }, (_, number) => Counted.make({ number })))
})
class Break extends StateChangeSlice.make("Break", { command: {}, consumes: [], produces: [] }) {}
const BreakLive = Break.behavior({
  initial: null,
  evolve: {},
  decide: () => Effect.die(new Error("broken"))
})
class Numbers extends StateViewSlice.make("Numbers", {
  row: { name: Schema.String, sum: Schema.Int },
  id: "name",
  initial: { sum: 0 },
  consumes: [Counted]
}) {}
class Latest extends StateViewSlice.make("Latest", {
  row: { name: Schema.String, number: Schema.Int },
  id: "name",
  order: "total",
  consumes: [Counted]
}) {}
const LatestLive = Latest.projection((rows) => ({
  Counted: ({ number }) => rows.set({ name: "latest", number })
}))

/** These tests say themselves what is in the environment. */
const withoutEnvironment = Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({})))

/** A plugin whose view writes down in which order it is fed. */
const recording = () => {
  const fed: Array<number> = []
  const NumbersLive = Numbers.projection((rows) => ({
    Counted: ({ number }) => {
      fed.push(number)
      return rows.add("all", { sum: number })
    }
  }))
  return {
    fed,
    Counting: Plugin.make("Counting", {
      version: "1.0.0",
      stateChangeSlices: [CountLive],
      stateViewSlices: [NumbersLive, LatestLive]
    })
  }
}

/** In which order a view without order is fed the numbers to eight. */
const fedWith = (seed: number) =>
  Effect.gen(function*() {
    const { Counting, fed } = recording()
    const program = Effect.gen(function*() {
      yield* (yield* CommandBus).send(Count, { to: 8 })
      yield* TestPlatform.settled
      const queries = yield* QueryEngine
      assert.deepStrictEqual(yield* queries.get(Numbers, "all"), Option.some({ name: "all", sum: 28 }))
      assert.deepStrictEqual(yield* queries.get(Latest, "latest"), Option.some({ name: "latest", number: 7 }))
      assert.deepStrictEqual(
        yield* TestPlatform.events(Counting),
        Array.from({ length: 8 }, (_, number) => Counted.make({ number }))
      )
    })
    yield* Effect.provide(program, TestPlatform.layer({ plugins: [Counting], seed }))
    return fed
  }).pipe(withoutEnvironment)

const seedIn = (layer: ReturnType<typeof TestPlatform.layer>) =>
  Effect.provide(Effect.map(TestPlatform.TestPlatform, ({ seed }) => seed), layer)

const empty = Plugin.make("Empty", { version: "1.0.0" })

describe("a test platform", () => {
  it.effect("shuffles what has no order, and keeps what has one", () =>
    Effect.gen(function*() {
      const orders = yield* Effect.forEach([1, 2, 3], fedWith)
      for (const order of orders) assert.deepStrictEqual([...order].sort(), [0, 1, 2, 3, 4, 5, 6, 7])
      assert.strictEqual(new Set(orders.map(String)).size, 3)
    }))

  it.effect("does the same again with the same seed", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* fedWith(42), yield* fedWith(42))
    }))

  it.effect("takes its seed from the environment before any other", () =>
    Effect.gen(function*() {
      const layer = TestPlatform.layer({ plugins: [empty], seed: 1 })
      assert.strictEqual(yield* withoutEnvironment(seedIn(layer)), 1)
      const environment = ConfigProvider.layer(ConfigProvider.fromUnknown({ REVENTLESS_SEED: "7" }))
      assert.strictEqual(yield* Effect.provide(seedIn(layer), environment), 7)
    }))

  it.effect("has another seed each time when none is given", () =>
    Effect.gen(function*() {
      const seeds = yield* Effect.replicateEffect(seedIn(TestPlatform.layer({ plugins: [empty] })), 5)
      assert.isAbove(new Set(seeds).size, 1)
    }).pipe(withoutEnvironment))

  it.effect("prints its seed when the test fails, and only then", () =>
    Effect.gen(function*() {
      const layer = TestPlatform.layer({ plugins: [empty], seed: 4711 })
      const error = vi.spyOn(globalThis.console, "error").mockImplementation(() => {})
      yield* Effect.provide(Effect.void, layer)
      assert.deepStrictEqual(error.mock.calls, [])
      yield* Effect.ignore(Effect.provide(Effect.fail("no"), layer))
      assert.deepStrictEqual(error.mock.calls, [["The test platform ran with REVENTLESS_SEED=4711"]])
      error.mockRestore()
    }).pipe(withoutEnvironment))

  it.effect("starts empty, also beside another one", () =>
    Effect.gen(function*() {
      const platform = TestPlatform.layer({ plugins: [Catalog] })
      const another = Effect.provide(TestPlatform.events(Catalog), TestPlatform.layer({ plugins: [Catalog] }))
      yield* Effect.gen(function*() {
        yield* (yield* CommandBus).send(AddProduct, kettle)
        assert.deepStrictEqual(yield* TestPlatform.events(Catalog), [ProductAdded.make(kettle)])
        assert.deepStrictEqual(yield* another, [])
      }).pipe(Effect.provide(platform))
    }).pipe(Effect.provideService(PriceList, { limit: Effect.succeed(1) })))

  it.effect("shows every row once it is settled", () =>
    Effect.gen(function*() {
      yield* (yield* CommandBus).send(AddProduct, kettle)
      yield* TestPlatform.settled
      assert.strictEqual((yield* (yield* QueryEngine).list(Products)).rows.length, 1)
    }).pipe(
      Effect.provide(TestPlatform.layer({ plugins: [Catalog] })),
      Effect.provideService(PriceList, { limit: Effect.succeed(1) })
    ))

  it.effect("denies callers what no rule allows them, unless the test opens it", () =>
    Effect.gen(function*() {
      const send = Effect.flatMap(CommandBus, (bus) => bus.send(Count, { to: 1 })).pipe(
        Effect.provideService(Principal.CurrentPrincipal, Principal.anonymous)
      )
      const plugins = [recording().Counting]
      const denied = yield* Effect.flip(Effect.provide(send, TestPlatform.layer({ plugins })))
      assert.strictEqual((denied as { readonly _tag: string })._tag, "AccessDenied")
      yield* Effect.provide(send, TestPlatform.layer({ plugins, defaultAccess: Access.anyone }))
    }))

  it.effect("has the events of its own plugins only", () =>
    Effect.gen(function*() {
      const died = yield* Effect.exit(
        Effect.provide(TestPlatform.events(Catalog), TestPlatform.layer({ plugins: [empty] }))
      )
      assert.match(String(died), /'Catalog' is no plugin of this platform/)
    }))
})

describe("shuffling deliveries", () => {
  const deliveries = ["a1", "b1", "a2", "c1", "a3", "b2"].map((name, index) => ({
    lane: name[0]!,
    event: { position: index + 1 }
  })) as unknown as ReadonlyArray<Delivery>
  const positions = (lane: string, of: ReadonlyArray<Delivery>) =>
    of.filter((delivery) => delivery.lane === lane).map(({ event }) => event.position)

  it.effect("keeps the order of each lane and loses nothing", () =>
    Effect.gen(function*() {
      const seen = new Set<string>()
      for (let seed = 1; seed <= 50; seed++) {
        const shuffled = yield* Random.withSeed(shuffleLanes(deliveries), seed)
        assert.strictEqual(shuffled.length, deliveries.length)
        for (const lane of ["a", "b", "c"]) {
          assert.deepStrictEqual(positions(lane, shuffled), positions(lane, deliveries))
        }
        seen.add(shuffled.map(({ event }) => event.position).join())
      }
      assert.isAbove(seen.size, 20)
    }))
})

describe("a test platform that is settled", () => {
  it.effect("doesn't wait for a schedule that came to nothing", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      yield* scheduler.create({ name: "once", when: { at: DateTime.makeUnsafe(0) }, to: Break, command: {} })
      yield* TestPlatform.settled
      const [once] = yield* scheduler.list
      assert.strictEqual(once!.next, undefined)
    }).pipe(Effect.provide(TestPlatform.layer({
      plugins: [Plugin.make("Broken", { version: "1.0.0", stateChangeSlices: [BreakLive] })]
    }))))
})
