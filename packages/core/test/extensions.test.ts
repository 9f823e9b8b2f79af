import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import type * as Extension from "@reventless/core/Extension"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Metrics from "@reventless/core/Metrics"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import {
  add,
  AddProduct,
  Catalog,
  changePrice,
  log,
  NotePrice,
  OfferProduct,
  Ordering,
  orderingOf,
  OrderPlaced,
  parked,
  placeOrder,
  ProductBecameAvailable,
  ProductId,
  Products,
  published,
  replayAll,
  Shipping,
  told,
  unfinished
} from "./fixtures/talking.ts"

const main = (...plugins: ReadonlyArray<typeof Catalog | typeof Ordering | typeof Shipping>) =>
  Platform.layer({ version: "1.0.0", plugins }).pipe(Layer.provideMerge(Platform.layerMemory))

const allAttempts = TestClock.adjust("5 minutes")

/** Offers what becomes available, and nothing else. */
const offering = {
  ProductBecameAvailable: ({ name, productId }: ProductBecameAvailable) =>
    publishCommand(OfferProduct, { productId, name }),
  ProductPriceChanged: () => undefined
}

describe("an extension", () => {
  it.effect("makes commands of its plugin from events of another, and sends commands back", () =>
    Effect.gen(function*() {
      yield* add("kettle")
      yield* changePrice("kettle", 7)
      yield* placeOrder("kettle", 2)
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told("Ordering")).toSorted(), [
        "OrderPlaced kettle 2",
        "PriceNoted kettle 7",
        "ProductOffered kettle kettle"
      ])
      assert.deepStrictEqual((yield* told("Catalog")).at(-1), "StockAdded kettle 2")
    }).pipe(Effect.provide(main(Catalog, Ordering))))

  it.effect("knows the entity, the meta, the views, and the plugin that provides the extension point", () => {
    const known: Array<Extension.IncomingContext> = []
    const extension = Products.extension({
      incoming: {
        ProductBecameAvailable: (_, context) => {
          known.push(context)
        },
        ProductPriceChanged: () => undefined
      }
    })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* TestPlatform.settled
      const [{ id, meta, provider, queries }] = known as [Extension.IncomingContext]
      assert.strictEqual(known.length, 1)
      assert.strictEqual(id, "kettle")
      assert.deepStrictEqual(meta, (yield* log(published))[0]!.meta)
      assert.strictEqual(queries, yield* QueryEngine)
      assert.deepStrictEqual([provider.name, provider.version], ["Catalog", "1.0.0"])
    }).pipe(Effect.provide(main(Catalog, orderingOf(extension))))
  })

  it.effect("answers with several commands, in their order, with none, or with an effect that fails at first", () => {
    let attempts = 0
    const extension = Products.extension({
      incoming: {
        ProductBecameAvailable: ({ name, productId }) => [
          publishCommand(OfferProduct, { productId, name: `${name} 1` }),
          publishCommand(Products.commands.Restock, { productId, count: 1 }),
          publishCommand(OfferProduct, { productId, name: `${name} 2` })
        ],
        ProductPriceChanged: Effect.fn(function*({ price, productId }) {
          if (price === 0) return
          if (++attempts < 3) return yield* Effect.fail("not now")
          return publishCommand(NotePrice, { productId, price })
        })
      }
    })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* changePrice("kettle", 0)
      yield* changePrice("kettle", 9)
      yield* allAttempts
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told("Ordering"), [
        "ProductOffered kettle kettle 1",
        "ProductOffered kettle kettle 2",
        "PriceNoted kettle 9"
      ])
      assert.deepStrictEqual((yield* told("Catalog")).filter((one) => one.startsWith("Stock")), ["StockAdded kettle 1"])
      assert.strictEqual(attempts, 3)
    }).pipe(Effect.provide(main(Catalog, orderingOf(extension))))
  })

  it.effect("sends a delayed command so long after the event, to its plugin and to the extension point", () => {
    const extension = Products.extension({
      incoming: {
        ProductBecameAvailable: ({ name, productId }) => [
          publishCommandDelayed("1 minute", OfferProduct, { productId, name }),
          publishCommandDelayed("2 minutes", Products.commands.Restock, { productId, count: 1 })
        ],
        ProductPriceChanged: () => undefined
      }
    })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* TestClock.adjust("59 seconds")
      yield* TestPlatform.settled
      assert.deepStrictEqual([yield* told("Ordering"), (yield* told("Catalog")).length], [[], 1])
      yield* TestClock.adjust("1 second")
      yield* TestPlatform.settled
      assert.deepStrictEqual([yield* told("Ordering"), (yield* told("Catalog")).length], [
        ["ProductOffered kettle kettle"],
        1
      ])
      yield* TestClock.adjust("1 minute")
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told("Catalog"))[1], "StockAdded kettle 1")
    }).pipe(Effect.provide(main(Catalog, orderingOf(extension))))
  })

  it.effect("is one component with the others of its extension point, named after that and its plugin", () => {
    const order: Array<string> = []
    const named = (name: string) =>
      Products.extension({
        name,
        incoming: {
          ProductBecameAvailable: ({ productId }) => {
            order.push(name)
            return publishCommand(OfferProduct, { productId, name })
          },
          ProductPriceChanged: () => undefined
        }
      })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* TestPlatform.settled
      assert.deepStrictEqual(order, ["first", "second"])
      assert.deepStrictEqual(yield* told("Ordering"), ["ProductOffered kettle first", "ProductOffered kettle second"])
      const lists = Effect.flatMap(Operations, ({ views }) => views)
      const names = (yield* Effect.provideService(lists, Principal.CurrentPrincipal, Principal.system)).map((
        { view }
      ) => view)
      assert.deepStrictEqual(names.filter((name) => name.startsWith("Ordering.Catalog")), ["Ordering.Catalog.Products"])
    }).pipe(Effect.provide(main(Catalog, orderingOf(named("first"), named("second")))))
  })

  it.effect("that fails on an event holds up that entity alone; it is listed, done again in order, and sends nothing twice", () => {
    let isMended = false
    const extension = Products.extension({
      incoming: {
        ProductBecameAvailable: ({ name, productId }) => [
          publishCommand(NotePrice, { productId, price: 0 }),
          publishCommand(OfferProduct, { productId, name: isMended ? "good" : name })
        ],
        ProductPriceChanged: (event) => publishCommand(NotePrice, event)
      },
      from: [OrderPlaced],
      outgoing: { OrderPlaced: () => undefined }
    })
    return Effect.gen(function*() {
      yield* add("kettle", "bad")
      yield* add("pan")
      yield* changePrice("kettle", 1)
      yield* changePrice("kettle", 2)
      yield* changePrice("pan", 3)
      yield* allAttempts
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told("Ordering")).toSorted(), [
        "PriceNoted kettle 0",
        "PriceNoted pan 0",
        "PriceNoted pan 3",
        "ProductOffered pan pan"
      ])
      const list = "Ordering Catalog.Products kettle"
      assert.deepStrictEqual(yield* unfinished, [`${list} Parked`, `${list} Pending`, `${list} Pending`])
      assert.strictEqual(
        (yield* parked)[0]!.reason,
        "the extension of 'Catalog.Products' in 'Ordering' failed on ProductBecameAvailable of 'kettle': " +
          "Ordering.OfferProduct was rejected: BadName {\"_tag\":\"BadName\",\"name\":\"bad\"}. Later ones of 'kettle' wait; mend what it says and " +
          "have it done again, or cancel it"
      )
      assert.strictEqual((yield* parked)[0]!.target, "ProductBecameAvailable")
      isMended = true
      yield* replayAll
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told("Ordering")).slice(4), [
        "ProductOffered kettle good",
        "PriceNoted kettle 1",
        "PriceNoted kettle 2"
      ])
    }).pipe(Effect.provide(main(Catalog, orderingOf(extension))))
  })

  it.effect("made for an earlier minor version goes on when the contract has grown, and its events too", () => {
    class Available extends Event.make("ProductBecameAvailable", { productId: ProductId, name: Schema.String }) {}
    class Earlier extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [Available] }) {}
    const extension = Earlier.extension({
      incoming: {
        ProductBecameAvailable: (event) => {
          const { name, productId } = event
          return publishCommand(OfferProduct, { productId, name: `${name} ${Object.keys(event)}` })
        }
      }
    })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* changePrice("kettle", 1)
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told("Ordering"), ["ProductOffered kettle kettle _tag,productId,name"])
    }).pipe(Effect.provide(main(Catalog, orderingOf(extension))))
  })

  it.effect("derives correlation, causation and trace over three plugins", () =>
    Effect.gen(function*() {
      yield* Effect.withSpan(add("kettle"), "the request")
      yield* TestPlatform.settled
      const [added] = yield* log("Catalog")
      const [available] = yield* log(published)
      const [offered] = yield* log("Ordering")
      const [offer] = yield* log("Ordering.Offers.v2.events")
      const [weighed] = yield* log("Shipping")
      const chain = [added!, available!, offered!, offer!, weighed!]
      assert.deepStrictEqual(chain.map(({ type }) => type), [
        "ProductAdded",
        "ProductBecameAvailable",
        "ProductOffered",
        "OfferMade",
        "ProductWeighed"
      ])
      const one = <A>(of: (event: (typeof chain)[number]) => A) => new Set(chain.map(of)).size
      assert.strictEqual(one(({ meta }) => meta.correlationId), 1)
      assert.strictEqual(one(({ meta }) => meta.messageId), 5)
      assert.strictEqual(one(({ meta }) => meta.traceparent!.split("-")[1]), 1)
      // An event published comes from the event; one of a command comes from the command, and that from the event.
      assert.strictEqual(available!.meta.causationId, added!.meta.messageId)
      assert.strictEqual(offer!.meta.causationId, offered!.meta.messageId)
      assert.notStrictEqual(offered!.meta.causationId, available!.meta.messageId)
      assert.deepStrictEqual(chain.map(({ meta }) => meta.service), [
        "Catalog.AddProduct",
        "Catalog.Products",
        "Ordering.OfferProduct",
        "Ordering.Offers",
        "Shipping.WeighProduct"
      ])
      assert.deepStrictEqual(chain.map(({ meta }) => meta.contract), [
        undefined,
        "Catalog.Products 1.2.0",
        undefined,
        "Ordering.Offers 2.0.0",
        undefined
      ])
    }).pipe(Effect.provide(main(Catalog, Ordering, Shipping))))

  it.effect("that only sends follows nothing, and one that only follows sends nothing", () =>
    Effect.gen(function*() {
      yield* add("kettle")
      yield* placeOrder("kettle", 3)
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told("Ordering")).toSorted(), [
        "OrderPlaced kettle 3",
        "ProductOffered kettle kettle"
      ])
      assert.deepStrictEqual((yield* told("Catalog")).slice(1), ["StockAdded kettle 3"])
    }).pipe(Effect.provide(main(
      Catalog,
      orderingOf(
        Products.extension({ incoming: offering }),
        Products.extension({
          from: [OrderPlaced],
          outgoing: { OrderPlaced: (event) => publishCommand(Products.commands.Restock, event) }
        })
      )
    ))))

  it.effect("commands no component of another plugin, whatever the compiler was told", () => {
    const extension = Products.extension({
      name: "Offers",
      incoming: {
        ProductBecameAvailable: ({ productId }) =>
          publishCommand(AddProduct as never as typeof NotePrice, { productId, price: 1 }),
        ProductPriceChanged: () => undefined
      }
    })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* allAttempts
      yield* TestPlatform.settled
      assert.include(
        (yield* parked)[0]!.reason,
        "the extension 'Offers' of 'Catalog.Products' in 'Ordering' failed on ProductBecameAvailable of 'kettle': it sends " +
          "'AddProduct', which is no component of plugin 'Ordering'"
      )
    }).pipe(Effect.provide(main(Catalog, orderingOf(extension))))
  })

  it.effect("is counted: what was published, and what became of each message", () =>
    Effect.gen(function*() {
      yield* add("kettle")
      yield* add("pan", "bad")
      yield* placeOrder("kettle", 2)
      yield* placeOrder("pan", 101)
      yield* allAttempts
      yield* TestPlatform.settled
      const valueOf = (metric: Metric.Counter<number>, attributes: Record<string, string>) =>
        Effect.map(Metric.value(Metric.withAttributes(metric, attributes)), ({ count }) => count)
      const messages = Effect.fnUntraced(function*(component: string) {
        const counts = ["done", "failed", "parked"].map((outcome) =>
          valueOf(Metrics.pluginMessages, { component, outcome })
        )
        return yield* Effect.all(counts)
      })
      assert.strictEqual(yield* valueOf(Metrics.publishedEvents, { point: "Catalog.Products" }), 2)
      assert.deepStrictEqual(yield* messages("Catalog.Products.v1.events"), [2, 0, 0])
      assert.deepStrictEqual(yield* messages("Ordering.Catalog.Products"), [1, 8, 1])
      assert.deepStrictEqual(yield* messages("Ordering.Catalog.Products.outgoing"), [2, 0, 0])
      assert.deepStrictEqual(yield* messages("Catalog.Products.v1.commands"), [1, 8, 1])
    }).pipe(
      Effect.provide(main(Catalog, Ordering)),
      Effect.provideServiceEffect(Metric.MetricRegistry, Effect.sync(() => new Map()))
    ))
})
