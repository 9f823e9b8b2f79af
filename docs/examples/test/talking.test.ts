import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import type { CommandBus as Bus } from "@reventless/core/CommandBus"
import { CommandBus } from "@reventless/core/CommandBus"
import type * as Plugin from "@reventless/core/Plugin"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import {
  AddProduct,
  AddStock,
  Catalog,
  Names,
  NameUnknown,
  ProductAdded,
  ProductsMappingLive,
  StockAdded,
  StockTaken,
  TakeStock
} from "../talking/catalog.ts"
import { ProductBecameAvailable, ProductId, Products, Remind, StockRanOut } from "../talking/contract.ts"
import {
  Chat,
  OfferProduct,
  Ordering,
  OrderPlaced,
  PlaceOrder,
  ProductOffered,
  ProductsExtensionLive
} from "../talking/ordering.ts"
import { arrowsOf, diagramOf, drawn, recorder } from "./talking-flows.ts"

const productId = ProductId.make("kettle")
const services = Layer.mergeAll(
  Layer.succeed(Names, {
    of: (sku) => sku === "?" ? Effect.fail(new NameUnknown({ sku })) : Effect.succeed(`Kettle ${sku}`)
  }),
  Layer.succeed(Chat, { post: () => Effect.void })
)

describe("an extension point", () => {
  // #region mapping
  it.effect("tells which products there are, by the names that customers see", () =>
    Effect.gen(function*() {
      const given = Spec.extensionPoint(ProductsMappingLive)
      yield* given.whenEvent(ProductAdded.make({ productId, sku: "k1", cost: 7 })).then([
        publishEvent(ProductBecameAvailable.make({ productId, name: "Kettle k1" }))
      ])
      yield* given.whenEvent(ProductAdded.make({ productId, sku: "?", cost: 7 })).thenFails(NameUnknown)
      yield* given.whenEvent(StockTaken.make({ productId, left: 0 })).then([
        publishEvent(StockRanOut.make({ productId })),
        Remind.make({ productId, text: "sold out" })
      ])
      yield* given.whenCommand(Products.commands.Restock, { productId, count: 5 }).then([
        publishCommand(AddStock, { productId, count: 5 })
      ])
    }).pipe(Effect.provide(services)))
  // #endregion mapping
})

describe("an extension", () => {
  // #region extension
  it.effect("offers what becomes available, and has a large order restocked", () =>
    Effect.gen(function*() {
      const given = Spec.extension(ProductsExtensionLive)
      yield* given.whenReceived(ProductBecameAvailable.make({ productId, name: "Kettle" })).then([
        publishCommand(OfferProduct, { productId, name: "Kettle" })
      ])
      yield* given.whenEvent(OrderPlaced.make({ productId, count: 10 })).then([
        publishCommand(Products.commands.Restock, { productId, count: 10 })
      ])
      yield* given.whenEvent(OrderPlaced.make({ productId, count: 9 })).thenNothing
    }).pipe(Effect.provide(services)))
  // #endregion extension
})

describe("two plugins", () => {
  // #region platform
  it.effect("talk on a platform in memory", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(AddProduct, { productId, sku: "k1", cost: 7 })
      yield* bus.send(PlaceOrder, { productId, count: 12 })
      yield* TestPlatform.settled
      const ordering = yield* TestPlatform.events(Ordering)
      assert.sameDeepMembers([...ordering], [
        OrderPlaced.make({ productId, count: 12 }),
        ProductOffered.make({ productId, name: "Kettle k1" })
      ])
      const catalog = yield* TestPlatform.events(Catalog)
      assert.deepStrictEqual(catalog.at(-1), StockAdded.make({ productId, count: 12 }))
    }).pipe(Effect.provide(Layer.provide(TestPlatform.layer({ plugins: [Catalog, Ordering] }), services))))
  // #endregion platform
})

describe("the diagrams of the guides are what happens", () => {
  const flow = (
    guide: string,
    name: string,
    plugins: ReadonlyArray<typeof Catalog | typeof Ordering>,
    run: (bus: Bus["Service"]) => Effect.Effect<unknown, unknown>
  ) =>
    it.effect(`${guide}: ${name}`, () => {
      const markdown = fs.readFileSync(new URL(`../../guides/${guide}.md`, import.meta.url), "utf8")
      const { spans, tracer } = recorder()
      return Effect.gen(function*() {
        yield* Effect.flatMap(CommandBus, run)
        yield* TestPlatform.settled
        const expected = diagramOf(markdown, name)
        yield* Effect.repeat(Effect.yieldNow, {
          until: () => arrowsOf(spans, Products.version.events).length >= expected.arrows.length,
          times: 10_000
        })
        const found = arrowsOf(spans, Products.version.events)
        assert.deepStrictEqual(found, expected.arrows)
        assert.sameMembers([...expected.participants], [...new Set(found.flatMap(({ from, to }) => [from, to]))])
      }).pipe(
        Effect.provide(Layer.provide(
          TestPlatform.layer({ plugins: plugins as ReadonlyArray<Plugin.Plugin<string, Names | Chat>>, seed: 1 }),
          services
        )),
        Effect.withTracer(tracer)
      )
    })

  flow(
    "extension-points",
    "outgoing event",
    [Catalog, Ordering],
    (bus) => bus.send(AddProduct, { productId, sku: "k1", cost: 7 })
  )
  flow(
    "extension-points",
    "incoming command",
    [Catalog, Ordering],
    (bus) => bus.send(PlaceOrder, { productId, count: 12 })
  )
  flow(
    "extensions",
    "own event",
    [Catalog, Ordering],
    (bus) => bus.send(PlaceOrder, { productId, count: 12 })
  )
  flow("directives", "of an extension point", [Catalog], (bus) => bus.send(TakeStock, { productId, left: 0 }))
  flow("directives", "of an extension", [Catalog, Ordering], (bus) => bus.send(TakeStock, { productId, left: 0 }))

  it("an arrow that is missing, other or elsewhere is noticed", () => {
    const text = drawn("test", ["a->>b: Some.span X", "b->>c: Other.span Y"])
    const { arrows } = diagramOf(text, "test")
    assert.deepStrictEqual(arrows, [
      { from: "a", to: "b", span: "Some.span X" },
      { from: "b", to: "c", span: "Other.span Y" }
    ])
    assert.notDeepEqual(diagramOf(text.replace("b->>c", "c->>b"), "test").arrows, arrows)
    assert.notDeepEqual(diagramOf(text.replace("    b->>c: Other.span Y\n", ""), "test").arrows, arrows)
  })
})
