import { assert, describe, it } from "@effect/vitest"
import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import {
  add,
  AddStock,
  Announce,
  Catalog,
  catalogOf,
  changePrice,
  makeStores,
  OfferProduct,
  orderingOf,
  OrderPlaced,
  parked,
  placeOrder,
  PriceChanged,
  ProductAdded,
  ProductBecameAvailable,
  ProductId,
  ProductPriceChanged,
  Products,
  published,
  replayAll,
  start,
  told,
  unfinished
} from "./fixtures/talking.ts"

const aWhile = TestClock.adjust("15 minutes")

const restock = {
  Restock: (command: { readonly productId: typeof ProductId.Type; readonly count: number }) =>
    publishCommand(AddStock, command)
}

const added = {
  ProductAdded: ({ name, productId }: ProductAdded) =>
    publishEvent(ProductBecameAvailable.make({ productId, name, sizes: [] }))
}
const priced = { PriceChanged: (event: PriceChanged) => publishEvent(ProductPriceChanged.make(event)) }

const history = ["ProductBecameAvailable kettle kettle", "ProductPriceChanged kettle 1"]

describe("a mapping that published", () => {
  const renamed = {
    "gets a name": catalogOf(Products.mapping({
      name: "All",
      from: [ProductAdded, PriceChanged],
      outgoing: { ...added, ...priced },
      incoming: restock
    })),
    "becomes two": catalogOf(
      Products.mapping({ name: "Prices", from: [PriceChanged], outgoing: priced }),
      Products.mapping({ name: "Added", from: [ProductAdded], outgoing: added, incoming: restock })
    ),
    "is beside another one of the same source": catalogOf(
      Products.mapping({
        name: "First",
        from: [ProductAdded],
        outgoing: {
          ProductAdded: ({ productId }) => publishEvent(ProductPriceChanged.make({ productId, price: 0 }))
        }
      }),
      Products.mapping({
        name: "All",
        from: [ProductAdded, PriceChanged],
        outgoing: { ...added, ...priced },
        incoming: restock
      })
    )
  }
  for (const [what, catalog] of Object.entries(renamed)) {
    it.effect(`publishes nothing again when it ${what}`, () =>
      Effect.gen(function*() {
        const stores = yield* makeStores
        const before = yield* start(stores, Catalog)
        yield* before.run(add("kettle"))
        yield* before.run(changePrice("kettle", 1))
        yield* aWhile
        assert.deepStrictEqual(yield* before.run(told(published)), history)
        yield* before.stop
        const after = yield* start(stores, catalog)
        yield* after.run(changePrice("kettle", 2))
        yield* aWhile
        yield* after.run(TestPlatform.settled)
        assert.deepStrictEqual(yield* after.run(told(published)), [...history, "ProductPriceChanged kettle 2"])
      }))
  }

  it.effect("fires no directives again under another name, nor does one that is new for what is history to it", () =>
    Effect.gen(function*() {
      const fired: Array<string> = []
      const announcing = (name: string) =>
        Products.mapping({
          name,
          from: [ProductAdded],
          outgoing: {
            ProductAdded: (event) => [
              added.ProductAdded(event),
              handleDirective(
                ({ text }: Announce) => Effect.sync(() => fired.push(text)),
                Announce.make({ text: `${name} ${event.name}` })
              )
            ]
          },
          incoming: restock
        })
      const stores = yield* makeStores
      const before = yield* start(stores, catalogOf(announcing("Before")))
      yield* TestClock.adjust("1 minute")
      yield* before.run(add("kettle"))
      yield* aWhile
      yield* before.stop
      const after = yield* start(stores, catalogOf(announcing("After")))
      yield* aWhile
      yield* after.run(add("pan"))
      yield* aWhile
      assert.deepStrictEqual(fired, ["Before kettle", "After pan"])
    }))

  it.effect("and has something parked finds it under its new name", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const failing = Products.mapping({
        name: "Before",
        from: [ProductAdded],
        outgoing: { ProductAdded: () => Effect.fail("away") },
        incoming: restock
      })
      const before = yield* start(stores, catalogOf(failing))
      yield* before.run(add("kettle"))
      yield* aWhile
      assert.strictEqual((yield* before.run(parked)).length, 1)
      yield* before.stop
      const after = yield* start(stores, Catalog)
      yield* after.run(replayAll)
      yield* aWhile
      assert.deepStrictEqual(yield* after.run(told(published)), ["ProductBecameAvailable kettle kettle"])
      assert.deepStrictEqual(yield* after.run(unfinished), [])
    }))

  it("can't share an event with one that orders it otherwise", () => {
    const ShopId = Id.make("shop")
    class Moved extends Event.make("Moved", { productId: ProductId, shopId: ShopId }) {}
    class Places extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [Moved] }) {}
    const by = (name: string, key: typeof ShopId | typeof ProductId) =>
      Places.mapping({ name, from: [Moved], key, outgoing: { Moved: (event) => publishEvent(event) } })
    assert.throws(
      () => catalogOf(by("ByProduct", ProductId), by("ByShop", ShopId)),
      "the mappings of 'Catalog.Products' in plugin 'Catalog' order the event 'Moved' by 'product' and by 'shop': give " +
        "them one 'key'. Whom a published event is about is said with 'entity'"
    )
  })
})

describe("an extension that sent", () => {
  it.effect("is no other one's matter: what it answers otherwise the next time neither hides nor repeats their commands", () => {
    let attempts = 0
    const unsteady = Products.extension({
      name: "Unsteady",
      incoming: {
        ProductBecameAvailable: ({ productId }) =>
          ++attempts === 1 ? [publishCommand(OfferProduct, { productId, name: "first" })] : [],
        ProductPriceChanged: () => undefined
      }
    })
    const steady = Products.extension({
      name: "Steady",
      incoming: {
        ProductBecameAvailable: ({ productId }) => [
          publishCommand(OfferProduct, { productId, name: "second" }),
          publishCommand(OfferProduct, { productId, name: attempts < 2 ? "bad" : "third" })
        ],
        ProductPriceChanged: () => undefined
      }
    })
    return Effect.gen(function*() {
      const { run } = yield* start(yield* makeStores, Catalog, orderingOf(unsteady, steady))
      yield* run(add("kettle"))
      yield* aWhile
      yield* run(TestPlatform.settled)
      assert.deepStrictEqual(
        yield* run(told("Ordering")),
        ["first", "second", "third"].map((name) => `ProductOffered kettle ${name}`)
      )
    })
  })

  it.effect("sends nothing again when it gets another name", () =>
    Effect.gen(function*() {
      const sending = (name?: string) =>
        orderingOf(Products.extension({
          ...(name === undefined ? {} : { name }),
          from: [OrderPlaced],
          outgoing: { OrderPlaced: (event) => publishCommand(Products.commands.Restock, event) }
        }))
      const stores = yield* makeStores
      const catalog = yield* start(stores, Catalog)
      const before = yield* start(stores, sending())
      yield* before.run(placeOrder("kettle", 1))
      yield* aWhile
      yield* before.stop
      const after = yield* start(stores, sending("Restocks"))
      yield* after.run(placeOrder("kettle", 2))
      yield* aWhile
      assert.deepStrictEqual(yield* catalog.run(told("Catalog")), ["StockAdded kettle 1", "StockAdded kettle 2"])
    }))
})
