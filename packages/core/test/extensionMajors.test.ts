import { assert, describe, it } from "@effect/vitest"
import { publishCommand } from "@reventless/core/Action"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import {
  add,
  catalogOf,
  changePrice,
  makeStores,
  NotePrice,
  orderingOf,
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
  const Catalog = catalogOf(ProductsLive, older)
  const noted = {
    ProductPriceChanged: ({ price, productId }: ProductPriceChanged) => publishCommand(NotePrice, { productId, price })
  }

  it.effect("sees the whole history of the log that it follows now", () =>
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
        [1, 2, 3, 4, 5, 6, 7, 8].map((price) => `PriceNoted kettle ${price}`)
      )
    }))
})
