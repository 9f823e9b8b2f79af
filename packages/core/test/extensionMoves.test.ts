import { assert, describe, it } from "@effect/vitest"
import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import { Operations } from "@reventless/core/Operations"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import {
  AddStock,
  Announce,
  catalogSlices,
  changePrice,
  makeStores,
  NotePrice,
  orderingOf,
  orderingSlices,
  parked,
  PriceChanged,
  ProductId,
  replayAll,
  type Running,
  start,
  told,
  unfinished
} from "./fixtures/talking.ts"

const aWhile = TestClock.adjust("15 minutes")

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

class Priced extends Event.make("Priced", { productId: ProductId, price: Schema.Int }) {}
class Gone extends Event.make("Gone", { productId: ProductId, price: Schema.Int }) {}
class PricedInCents extends Event.make("PricedInCents", { productId: ProductId, cents: Schema.Int }) {}
class Cheap extends Event.make("Cheap", { productId: ProductId, cents: Schema.Int }) {}

class First extends ExtensionPoint.make("Catalog.Products", {
  version: "1.0.0",
  events: [Priced, Gone],
  directives: [Announce]
}) {}

/** Tells in cents, and of each price under ten what it also is. Of prices over a hundred it tells nothing. */
class Second extends ExtensionPoint.make("Catalog.Products", {
  version: "2.0.0",
  events: [PricedInCents, Cheap],
  directives: [Announce]
}) {}

const FirstLive = First.mapping({
  from: [PriceChanged],
  outgoing: { PriceChanged: (event) => publishEvent(event.price === 0 ? Gone.make(event) : Priced.make(event)) }
})

const SecondLive = Second.mapping({
  from: [PriceChanged],
  outgoing: {
    PriceChanged: ({ price, productId }) => {
      const event = { productId, cents: price * 100 }
      if (price > 100) return undefined
      return [PricedInCents.make(event), ...(price < 10 ? [Cheap.make(event)] : [])].map((one) => publishEvent(one))
    }
  }
})

const older = Second.older(First, {
  events: {
    PricedInCents: ({ cents, productId }) => Priced.make({ productId, price: cents / 100 }),
    Cheap: () => undefined
  },
  commands: {}
})

const catalog = (version: string, ...extensionPoints: ReadonlyArray<typeof FirstLive | typeof older>) =>
  Plugin.make("Catalog", { version, stateChangeSlices: catalogSlices, extensionPoints })

const CatalogFirst = catalog("1.0.0", FirstLive)
const CatalogBoth = catalog("2.0.0", SecondLive, older)

/** What the extensions are told by their tests. */
interface Told {
  /** What a handler waits for. */
  readonly before?: Effect.Effect<void, string>
  readonly fired?: Array<string>
}

/** Notes each price as it is. */
const first = ({ before = Effect.void, fired }: Told = {}) =>
  Plugin.make("Ordering", {
    version: "1.0.0",
    stateChangeSlices: orderingSlices,
    extensions: [First.extension({
      incoming: {
        Priced: ({ price, productId }) =>
          Effect.as(before, [
            publishCommand(NotePrice, { productId, price }),
            ...(fired === undefined
              ? []
              : [
                handleDirective(
                  ({ text }) => Effect.sync(() => fired.push(text)),
                  Announce.make({ text: `1 ${price}` })
                )
              ])
          ]),
        Gone: (event) => Effect.as(before, publishCommand(NotePrice, event))
      }
    })]
  })

/** Notes each price in cents, and minus one for each that is cheap. */
const second = ({ before = Effect.void, fired }: Told = {}) =>
  Plugin.make("Ordering", {
    version: "2.0.0",
    stateChangeSlices: orderingSlices,
    extensions: [Second.extension({
      incoming: {
        PricedInCents: ({ cents, productId }) =>
          Effect.as(before, [
            publishCommand(NotePrice, { productId, price: cents }),
            ...(fired === undefined
              ? []
              : [
                handleDirective(
                  ({ text }) => Effect.sync(() => fired.push(text)),
                  Announce.make({ text: `2 ${cents}` })
                )
              ])
          ]),
        Cheap: ({ productId }) => Effect.as(before, publishCommand(NotePrice, { productId, price: -1 }))
      }
    })]
  })

const noted = (of: ReadonlyArray<number>, id = "kettle") => of.map((price) => `PriceNoted ${id} ${price}`)

/** The unfinished work with its reasons, `State: reason`. */
const waiting = Effect.gen(function*() {
  const { work } = yield* (yield* Operations).work({ plugin: "Ordering" })
  return work.map(({ reason, state }) => `${state}: ${reason}`)
}).pipe(Effect.provideService(Principal.CurrentPrincipal, Principal.system))

const toldOrdering = ({ run }: Running) => run(told("Ordering"))

describe("an extension that moves to another major version of its extension point", () => {
  it.effect("goes on where it was, also where the older version was published before there was a newer one", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const before = yield* start(stores, CatalogFirst, first())
      for (const price of numbers(11, 15)) yield* before.run(changePrice("kettle", price))
      yield* aWhile
      yield* before.stop
      const provider = yield* start(stores, CatalogBoth)
      yield* provider.run(changePrice("kettle", 16))
      yield* aWhile
      const moved = yield* start(stores, second())
      yield* moved.run(Effect.void)
      yield* provider.run(changePrice("kettle", 17))
      yield* aWhile
      assert.deepStrictEqual(yield* toldOrdering(moved), noted([11, 12, 13, 14, 15, 1600, 1700]))
      assert.deepStrictEqual(yield* provider.run(unfinished), [])
      assert.deepStrictEqual(yield* moved.run(unfinished), [])
    }))

  it.effect("works once on what waits, as the newer version tells it and in its order, also when that comes late", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const before = yield* start(stores, CatalogFirst, first({ before: Effect.never }))
      for (const price of numbers(11, 15)) yield* before.run(changePrice("kettle", price))
      yield* aWhile
      assert.strictEqual((yield* before.run(unfinished)).length, 5)
      yield* before.stop
      // The provider is there for a moment only: the newer version of what waits isn't published when the extension moves.
      const shortly = yield* start(stores, catalog("2.0.0", Second.mapping({ incoming: {} }), older))
      const moved = yield* start(stores, second())
      yield* aWhile
      assert.deepStrictEqual(yield* toldOrdering(moved), [])
      assert.deepStrictEqual(yield* moved.run(waiting), [
        "Pending: Priced of 'Catalog.Products' was collected in version 1, and isn't published in version 2 yet",
        ...numbers(12, 15).map(() => "Pending: undefined")
      ])
      yield* shortly.stop
      const provider = yield* start(stores, CatalogBoth)
      yield* aWhile
      assert.deepStrictEqual(yield* toldOrdering(moved), noted([1100, 1200, 1300, 1400, 1500]))
      yield* provider.run(TestPlatform.settled)
      assert.deepStrictEqual(yield* moved.run(unfinished), [])
    }))

  it.effect("leaves what is parked to a person, and then has it done once, before what came later", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      let isBroken = true
      const failing = Effect.suspend(() => isBroken ? Effect.fail("away") : Effect.void)
      const provider = yield* start(stores, CatalogBoth)
      const before = yield* start(stores, first({ before: failing }))
      for (const price of numbers(11, 13)) yield* provider.run(changePrice("kettle", price))
      yield* aWhile
      assert.strictEqual((yield* before.run(parked)).length, 1)
      yield* before.stop
      isBroken = false
      const moved = yield* start(stores, second())
      yield* provider.run(changePrice("kettle", 14))
      yield* aWhile
      assert.deepStrictEqual(yield* toldOrdering(moved), [])
      yield* moved.run(replayAll)
      yield* aWhile
      assert.deepStrictEqual(yield* toldOrdering(moved), noted([1100, 1200, 1300, 1400]))
    }))

  it.effect("that stopped amid an item's commands sends the others only", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const provider = yield* start(stores, CatalogBoth)
      const twice = (contract: "1.0.0" | "2.0.0", isBroken: boolean) => {
        const notes = (productId: Priced["productId"], price: number) => [
          publishCommand(NotePrice, { productId, price }),
          publishCommand(NotePrice, isBroken ? { productId, price: 0.5 } : { productId, price: price + 1 })
        ]
        return Plugin.make("Ordering", {
          version: contract,
          stateChangeSlices: orderingSlices,
          extensions: [
            contract === "1.0.0"
              ? First.extension({
                incoming: {
                  // What a plain function answers would be parked at once.
                  Priced: ({ price, productId }) => Effect.sync(() => notes(productId, price)),
                  Gone: () => undefined
                }
              })
              : Second.extension({
                incoming: { PricedInCents: ({ cents, productId }) => notes(productId, cents), Cheap: () => undefined }
              })
          ]
        })
      }
      const before = yield* start(stores, twice("1.0.0", true))
      yield* provider.run(changePrice("kettle", 11))
      yield* TestClock.adjust("1 second")
      yield* before.stop
      assert.deepStrictEqual(yield* toldOrdering(provider), noted([11]))
      yield* start(stores, twice("2.0.0", false))
      yield* aWhile
      assert.deepStrictEqual(yield* toldOrdering(provider), noted([11, 1101]))
    }))

  it.effect("that stopped behind a command for the extension point doesn't have it done again through the other queue", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const stock = { productId: ProductId, count: Schema.Int }
      class Refilled extends ExtensionPoint.make("Catalog.Products", {
        version: "1.0.0",
        events: [Priced],
        commands: [Command.make("Refill", stock)]
      }) {}
      class Restocked extends ExtensionPoint.make("Catalog.Products", {
        version: "2.0.0",
        events: [Priced],
        commands: [Command.make("Restock", stock)]
      }) {}
      const provider = yield* start(
        stores,
        Plugin.make("Catalog", {
          version: "1.0.0",
          stateChangeSlices: catalogSlices,
          extensionPoints: [
            Restocked.mapping({
              from: [PriceChanged],
              outgoing: { PriceChanged: (event) => publishEvent(Priced.make(event)) },
              incoming: { Restock: (command) => publishCommand(AddStock, command) }
            }),
            Restocked.older(Refilled, {
              events: { Priced: (event) => event },
              commands: { Refill: (command) => publishCommand(Restocked.commands.Restock, command) }
            })
          ]
        })
      )
      const noInteger = (productId: Priced["productId"]) => publishCommand(NotePrice, { productId, price: 0.5 })
      const before = yield* start(
        stores,
        orderingOf(Refilled.extension({
          incoming: {
            Priced: ({ price, productId }) => [
              publishCommand(Refilled.commands.Refill, { productId, count: price }),
              noInteger(productId)
            ]
          }
        }))
      )
      yield* provider.run(changePrice("kettle", 11))
      yield* TestClock.adjust("1 second")
      yield* before.stop
      yield* start(
        stores,
        orderingOf(Restocked.extension({
          name: "renamed",
          incoming: {
            Priced: ({ price, productId }) => publishCommand(Restocked.commands.Restock, { productId, count: price })
          }
        }))
      )
      yield* aWhile
      assert.deepStrictEqual(yield* provider.run(told("Catalog")), ["PriceChanged kettle 11", "StockAdded kettle 11"])
      assert.deepStrictEqual(yield* provider.run(unfinished), [])
    }))

  it.effect("and back, and forward again, does what either tells once", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const provider = yield* start(stores, CatalogBoth)
      const fired: Array<string> = []
      for (const round of numbers(1, 6)) {
        const extension = yield* start(stores, round % 2 === 1 ? first({ fired }) : second({ fired }))
        yield* TestClock.adjust("1 minute")
        yield* provider.run(changePrice("kettle", round))
        yield* provider.run(changePrice("pan", round + 10))
        yield* aWhile
        yield* extension.stop
      }
      const all = yield* toldOrdering(provider)
      assert.deepStrictEqual(
        all.filter((one) => one.includes("pan")),
        noted([11, 1200, 13, 1400, 15, 1600], "pan")
      )
      // Each cheap one is told by the newer version alone: at once, or as history when the extension moves to it.
      assert.deepStrictEqual(
        all.filter((one) => one.includes("kettle")),
        noted([1, -1, 200, -1, 3, -1, 400, -1, 5, -1, 600, -1])
      )
      assert.deepStrictEqual(fired.toSorted(), [
        "1 1",
        "1 11",
        "1 13",
        "1 15",
        "1 3",
        "1 5",
        "2 1200",
        "2 1400",
        "2 1600",
        "2 200",
        "2 400",
        "2 600"
      ])
    }))

  it.effect("parks what the newer version has nothing of, with what to do; it goes on when the extension is back", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const provider = yield* start(stores, CatalogFirst)
      const before = yield* start(stores, first({ before: Effect.never }))
      for (const price of [101, 11]) yield* provider.run(changePrice("kettle", price))
      yield* aWhile
      yield* before.stop
      yield* provider.stop
      const both = yield* start(stores, CatalogBoth)
      const moved = yield* start(stores, second())
      yield* aWhile
      assert.deepStrictEqual((yield* moved.run(parked)).map(({ reason }) => reason), [
        "Priced of 'Catalog.Products' was collected in version 1, and version 2 has nothing of it; it can be cancelled"
      ])
      yield* moved.stop
      const back = yield* start(stores, first())
      yield* back.run(replayAll)
      yield* aWhile
      assert.deepStrictEqual(yield* toldOrdering(both), noted([101, 11]))
    }))

  it.effect("beside its former version, both of which feed one list, does everything once", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const provider = yield* start(stores, CatalogBoth)
      const old = yield* start(stores, first())
      for (const price of numbers(11, 13)) yield* provider.run(changePrice("kettle", price))
      yield* aWhile
      const moved = yield* start(stores, second())
      for (const price of numbers(14, 16)) yield* provider.run(changePrice("kettle", price))
      yield* aWhile
      yield* moved.stop
      for (const price of numbers(17, 19)) yield* provider.run(changePrice("kettle", price))
      yield* aWhile
      yield* old.run(TestPlatform.settled)
      assert.deepStrictEqual(
        (yield* toldOrdering(old)).map((one) => Number(one.split(" ")[2])).map((price) =>
          price > 100 ? price / 100 : price
        ),
        numbers(11, 19)
      )
    }))

  it.effect("however often it is killed midway, does everything once and in the order of its entity", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const provider = yield* start(stores, CatalogBoth)
      const rounds = numbers(11, 30)
      for (const round of rounds) {
        const plugin = round % 2 === 0 ? first({ before: Effect.yieldNow }) : second({ before: Effect.yieldNow })
        const { stop } = yield* start(stores, plugin)
        for (const id of ["a", "b"]) yield* provider.run(changePrice(id, round))
        yield* Effect.repeat(Effect.yieldNow, { times: (round - 10) * 17 })
        yield* stop
        yield* TestClock.adjust("1 second")
      }
      const { run } = yield* start(stores, second())
      yield* aWhile
      yield* run(TestPlatform.settled)
      const all = yield* run(told("Ordering"))
      for (const id of ["a", "b"]) {
        const prices = all.filter((one) => one.includes(` ${id} `)).map((one) => Number(one.split(" ")[2]))
        assert.deepStrictEqual(prices.map((price) => price > 100 ? price / 100 : price), rounds)
      }
      assert.deepStrictEqual(yield* run(unfinished), [])
    }))
})
