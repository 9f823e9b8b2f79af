import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Principal from "@reventless/core/Principal"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import {
  add,
  AddStock,
  Catalog,
  catalogOf,
  OfferProduct,
  Ordering,
  orderingOf,
  OrderPlaced,
  placeOrder,
  ProductAdded,
  ProductBecameAvailable,
  Products,
  ProductsExtensionLive,
  ProductsLive,
  told
} from "./fixtures/talking.ts"

/** What the platform said at these levels, `Level message`. */
const logger = () => {
  const said: Array<string> = []
  const layer = Logger.layer([Logger.make<unknown, void>(({ logLevel, message }) => {
    const [text] = Array.isArray(message) ? message : [message]
    if (logLevel === "Warn" || logLevel === "Error") said.push(`${logLevel} ${text}`)
  })])
  return { said, layer }
}

const main = (...plugins: ReadonlyArray<typeof Catalog | typeof Ordering>) =>
  Platform.layer({ version: "1.0.0", plugins }).pipe(Layer.provideMerge(Platform.layerMemory))

/** What failed, `queue State attempts`, and why. */
const failed = Effect.gen(function*() {
  const { work } = yield* (yield* Operations).work({ limit: 1000 })
  return work.map(({ attempts, queue, reason, state }) => ({ item: `${queue} ${state} ${attempts}`, reason: reason! }))
}).pipe(Effect.provideService(Principal.CurrentPrincipal, Principal.system))

const wrong = <A>(value: unknown) => value as A

const restockWrongly = (count: number) => publishCommand(Products.commands.Restock, wrong({ count }))
const addStockWrongly = () => publishCommand(AddStock, wrong({ count: 1 }))
const offerWrongly = () => publishCommand(OfferProduct, wrong({ name: 1 }))
const publishWrongly = () =>
  publishEvent(wrong<ProductBecameAvailable>({ _tag: "ProductBecameAvailable", name: "pan" }))

describe("what a plain function answers with and no definition takes is parked at once, since it would answer the same again:", () => {
  const parkedAtOnce = (
    plugins: ReadonlyArray<typeof Catalog | typeof Ordering>,
    cause: Effect.Effect<unknown, unknown, any>,
    queue: string,
    reason: string
  ) =>
    Effect.gen(function*() {
      yield* cause
      yield* TestPlatform.settled
      const [first, ...others] = yield* failed
      assert.strictEqual(first?.item, `${queue} Parked 1`)
      assert.include(first?.reason, reason)
      assert.deepStrictEqual(others, [])
    }).pipe(Effect.provide(main(...plugins)))

  it.effect("a command for the extension point", () =>
    parkedAtOnce(
      [
        Catalog,
        orderingOf(
          Products.extension({ from: [OrderPlaced], outgoing: { OrderPlaced: () => restockWrongly(1) } })
        )
      ],
      placeOrder("kettle", 1),
      "Catalog.Products.outgoing",
      "failed on OrderPlaced of 'kettle': it sends a wrong Catalog.Products.Restock: Missing key\n  at [\"productId\"]"
    ))

  it.effect("an extension's command for its own plugin", () =>
    parkedAtOnce(
      [
        Catalog,
        orderingOf(Products.extension({
          incoming: { ProductBecameAvailable: offerWrongly, ProductPriceChanged: () => undefined }
        }))
      ],
      add("kettle"),
      "Catalog.Products",
      "failed on ProductBecameAvailable of 'kettle': "
    ))

  it.effect("a mapping's command for its own plugin", () =>
    parkedAtOnce(
      [catalogOf(Products.mapping({ incoming: { Restock: addStockWrongly } })), Ordering],
      placeOrder("kettle", 1),
      "Products.v1.commands",
      "failed on Restock of 'kettle': "
    ))

  it.effect("an event of the contract", () =>
    parkedAtOnce(
      [
        catalogOf(
          ProductsLive,
          Products.mapping({ name: "Second", from: [ProductAdded], outgoing: { ProductAdded: publishWrongly } })
        )
      ],
      add("kettle"),
      "Products.v1.events",
      "failed on ProductAdded of 'kettle': it publishes a wrong ProductBecameAvailable: "
    ))
})

describe("an Effect that answers with what no definition takes is tried again, since it may answer with something else:", () => {
  it.effect("a command", () => {
    let count = 0
    const extension = Products.extension({
      from: [OrderPlaced],
      outgoing: {
        OrderPlaced: (event) =>
          Effect.sync(() => ++count === 1 ? restockWrongly(1) : publishCommand(Products.commands.Restock, event))
      }
    })
    return Effect.gen(function*() {
      yield* placeOrder("kettle", 1)
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* failed).map(({ item }) => item), ["Catalog.Products.outgoing Pending 1"])
      yield* TestClock.adjust("1 second")
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told("Catalog"), ["StockAdded kettle 1"])
    }).pipe(Effect.provide(main(Catalog, orderingOf(extension))))
  })

  it.effect("an event of the contract", () => {
    let count = 0
    const mapping = Products.mapping({
      from: [ProductAdded],
      outgoing: {
        ProductAdded: ({ name, productId }) =>
          Effect.sync(() =>
            ++count === 1
              ? publishWrongly()
              : publishEvent(ProductBecameAvailable.make({ productId, name, sizes: [] }))
          )
      },
      incoming: { Restock: () => undefined }
    })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* failed).map(({ item }) => item), ["Products.v1.events Pending 1"])
      yield* TestClock.adjust("1 second")
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told("Ordering"), ["ProductOffered kettle kettle"])
    }).pipe(Effect.provide(main(catalogOf(mapping), orderingOf(ProductsExtensionLive))))
  })
})

describe("a failed attempt", () => {
  it.effect("is a warning where it has a new reason, and parking is an error: nothing in between is said", () => {
    let count = 0
    const { layer, said } = logger()
    const extension = Products.extension({
      incoming: {
        ProductBecameAvailable: () => Effect.fail(++count < 4 ? "the translator is away" : "the translator is back"),
        ProductPriceChanged: () => undefined
      }
    })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* TestClock.adjust("5 minutes")
      yield* TestPlatform.settled
      const [{ item, reason } = { item: "", reason: "" }] = yield* failed
      assert.deepStrictEqual([count, item], [8, "Catalog.Products Parked 8"])
      const of = (text: string) => reason.replace("the translator is back", text)
      const lines = said.map((line) => line.replace(/ on [0-9a-f-]{36}/, " on it").replace(/ed [0-9a-f-]{36}/, "ed it"))
      assert.deepStrictEqual(lines.filter((line) => line.includes("Ordering.Catalog.Products")), [
        `Warn Ordering.Catalog.Products failed on it and tries it again: ${of("the translator is away")}`,
        `Warn Ordering.Catalog.Products failed on it and tries it again: ${of("the translator is back")}`,
        `Error Ordering.Catalog.Products parked it: ${reason}`
      ])
    }).pipe(Effect.provide(Layer.provideMerge(main(Catalog, orderingOf(extension)), layer)))
  })
})
