import { assert, describe, it } from "@effect/vitest"
import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import {
  add,
  Announce,
  catalogOf,
  changePrice,
  makeStores,
  NotePrice,
  orderingOf,
  PriceChanged,
  ProductBecameAvailable,
  ProductPriceChanged,
  Products,
  ProductsLive,
  start,
  told
} from "./fixtures/talking.ts"

const aWhile = TestClock.adjust("15 minutes")

describe("an extension that is moved to another major version", () => {
  class Before extends ExtensionPoint.make("Catalog.Products", {
    version: "0.3.0",
    events: [ProductBecameAvailable, ProductPriceChanged]
  }) {}
  /** The older contract tells of even prices only. */
  const older = Products.older(Before, {
    events: {
      ProductBecameAvailable: () => undefined,
      ProductPriceChanged: (event) => event.price % 2 === 0 ? ProductPriceChanged.make(event) : undefined
    },
    commands: {}
  })
  class Announced extends ExtensionPoint.make("Catalog.Products", {
    version: "0.3.0",
    events: [ProductBecameAvailable, ProductPriceChanged],
    directives: [Announce]
  }) {}
  const Catalog = catalogOf(ProductsLive, older)
  const noted = {
    ProductPriceChanged: ({ price, productId }: ProductPriceChanged) => publishCommand(NotePrice, { productId, price })
  }

  it.effect("goes on where it was: what the older version told isn't worked on again, what only the newer tells is, once", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const catalog = yield* start(stores, Catalog)
      const first = yield* start(
        stores,
        orderingOf(Before.extension({ incoming: { ...noted, ProductBecameAvailable: () => undefined } }))
      )
      yield* TestClock.adjust("1 minute")
      yield* catalog.run(add("kettle"))
      for (const price of [1, 2, 3, 4, 5, 6, 7, 8]) yield* catalog.run(changePrice("kettle", price))
      yield* aWhile
      assert.deepStrictEqual(
        yield* catalog.run(told("Ordering")),
        [2, 4, 6, 8].map((price) => `PriceNoted kettle ${price}`)
      )
      yield* first.stop
      const second = yield* start(
        stores,
        orderingOf(Products.extension({ incoming: { ...noted, ProductBecameAvailable: () => undefined } }))
      )
      yield* aWhile
      yield* second.run(TestPlatform.settled)
      assert.deepStrictEqual(
        (yield* catalog.run(told("Ordering"))).slice(4),
        [1, 3, 5, 7].map((price) => `PriceNoted kettle ${price}`)
      )
    }))

  it.effect("fires no directives for that history: it had its say when it was made", () =>
    Effect.gen(function*() {
      const fired: Array<string> = []
      const announcing = ({ price, productId }: ProductPriceChanged) => [
        publishCommand(NotePrice, { productId, price }),
        handleDirective(({ text }) => Effect.sync(() => fired.push(text)), Announce.make({ text: `price ${price}` }))
      ]
      const incoming = { ProductPriceChanged: announcing, ProductBecameAvailable: () => undefined }
      const stores = yield* makeStores
      const catalog = yield* start(stores, Catalog)
      const first = yield* start(stores, orderingOf(Announced.extension({ incoming })))
      yield* TestClock.adjust("1 minute")
      for (const price of [1, 2, 4]) yield* catalog.run(changePrice("kettle", price))
      yield* aWhile
      assert.deepStrictEqual(fired, ["price 2", "price 4"])
      yield* first.stop
      const second = yield* start(stores, orderingOf(Products.extension({ incoming })))
      yield* aWhile
      yield* second.run(TestPlatform.settled)
      yield* catalog.run(changePrice("kettle", 5))
      yield* aWhile
      yield* second.run(TestPlatform.settled)
      assert.strictEqual((yield* catalog.run(told("Ordering"))).length, 4)
      assert.deepStrictEqual(fired, ["price 2", "price 4", "price 5"])
    }))
})

describe("an extension point that gets another major version", () => {
  it.effect("maps the whole history anew, and fires no directives for it", () =>
    Effect.gen(function*() {
      const fired: Array<string> = []
      const outgoing = {
        PriceChanged: (event: PriceChanged) => [
          publishEvent(ProductPriceChanged.make(event)),
          handleDirective(
            ({ text }: Announce) => Effect.sync(() => fired.push(text)),
            Announce.make({ text: `price ${event.price}` })
          )
        ]
      }
      class Next extends ExtensionPoint.make("Catalog.Products", {
        version: "2.0.0",
        events: [ProductPriceChanged],
        directives: [Announce]
      }) {}
      class Before extends ExtensionPoint.make("Catalog.Products", {
        version: "1.0.0",
        events: [ProductPriceChanged],
        directives: [Announce]
      }) {}
      const stores = yield* makeStores
      const catalog = yield* start(stores, catalogOf(Before.mapping({ from: [PriceChanged], outgoing })))
      yield* TestClock.adjust("1 minute")
      for (const price of [1, 2]) yield* catalog.run(changePrice("kettle", price))
      yield* aWhile
      assert.deepStrictEqual(fired, ["price 1", "price 2"])
      yield* catalog.stop
      const later = yield* start(stores, catalogOf(Next.mapping({ from: [PriceChanged], outgoing })))
      yield* aWhile
      yield* later.run(TestPlatform.settled)
      yield* later.run(changePrice("kettle", 3))
      yield* aWhile
      assert.deepStrictEqual(
        yield* later.run(told("Catalog.Products.v2.events")),
        [1, 2, 3].map((price) => `ProductPriceChanged kettle ${price}`)
      )
      assert.deepStrictEqual(fired, ["price 1", "price 2", "price 3"])
    }))
})
