import { CommandBus, type SendError } from "@reventless/core/CommandBus"
import type { CommandAccepted } from "@reventless/core/CommandResult"
import type { EventStores, TotalOrder } from "@reventless/core/EventStores"
import type { Inbound } from "@reventless/core/Inbound"
import type { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import type { QueryEngine } from "@reventless/core/QueryEngine"
import type { Registry } from "@reventless/core/Registry"
import type { Scheduler } from "@reventless/core/Scheduler"
import type { SnapshotStores } from "@reventless/core/SnapshotStore"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import type { ViewStores } from "@reventless/core/ViewStore"
import type { WorkStores } from "@reventless/core/WorkStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"
import {
  AddProduct,
  AddProductLive,
  Catalog,
  Category,
  CategoryExists,
  CategoryId,
  CategoryLive,
  PriceList,
  ProductAdded,
  ProductAlreadyExists,
  ProductId,
  ProductsView
} from "../test/fixtures/catalog.ts"

describe("a plugin", () => {
  test("shows the services that its behaviours need", () => {
    expect(Catalog).type.toBe<Plugin.Plugin<"Catalog", PriceList, never, never>>()
  })

  test("lists a definition where a behaviour belongs", () => {
    expect(Plugin.make("P", { version: "1.0.0", stateChangeSlices: [AddProduct] })).type.toRaiseError(
      "Type 'typeof AddProduct' is missing the following properties from type 'Behavior<string, any, Any>'"
    )
    expect(Plugin.make("P", { version: "1.0.0", aggregates: [Category] })).type.toRaiseError(
      "Type 'typeof Category' is missing the following properties from type 'Behavior<string, any, Any>'"
    )
    expect(Plugin.make("P", { version: "1.0.0", stateViewSlices: [ProductsView] })).type.toRaiseError(
      "Type 'typeof ProductsView' is missing the following properties from type 'Behavior<string, any, Any>'"
    )
  })

  test("lists a behaviour of another kind", () => {
    expect(Plugin.make("P", { version: "1.0.0", stateChangeSlices: [CategoryLive] })).type.toRaiseError(
      "Property 'behavior' is missing in type 'Behavior<\"Category\", PriceList, typeof Category>'"
    )
    expect(Plugin.make("P", { version: "1.0.0", stateViewSlices: [AddProductLive] })).type.toRaiseError(
      "Property 'project' is missing in type 'Behavior<\"AddProduct\", never, typeof AddProduct>'"
    )
  })
})

type Provides = Platform.Platform | CommandBus | QueryEngine | Scheduler | Operations | Inbound | Registry

/** A provider without one order of all events. */
declare const unordered: Layer.Layer<EventStores | ViewStores | SnapshotStores | WorkStores>

describe("a platform", () => {
  const platform = Platform.layer({ version: "1.0.0", plugins: [Catalog] })

  test("needs its stores, and the services of its plugins", () => {
    expect(platform).type.toBe<
      Layer.Layer<Provides, Platform.StartError, EventStores | ViewStores | SnapshotStores | WorkStores | PriceList>
    >()
  })

  test("is launched without a service that a behaviour needs", () => {
    expect(Layer.launch(platform.pipe(Layer.provide(Platform.layerMemory)))).type.toBe<
      Effect.Effect<never, Platform.StartError, PriceList>
    >()
    expect(Effect.runPromise(Layer.launch(platform.pipe(Layer.provide(Platform.layerMemory))))).type.toRaiseError(
      "Argument of type 'Effect<never, StartError, PriceList>' is not assignable to parameter of type 'Effect<never, StartError, never>'"
    )
  })

  test("needs a provider with one order for a view that asks for it", () => {
    const Names = StateViewSlice.make("Names", {
      row: { name: Schema.String },
      id: "name",
      order: "total",
      consumes: [ProductAdded]
    })
    const NamesLive = Names.projection((rows) => ({ ProductAdded: ({ name }) => rows.set({ name }) }))
    const ordered = Platform.layer({
      version: "1.0.0",
      plugins: [Plugin.make("P", { version: "1.0.0", stateViewSlices: [NamesLive] })]
    })
    expect(ordered.pipe(Layer.provide(Platform.layerMemory))).type.toBe<
      Layer.Layer<Provides, Platform.StartError>
    >()
    expect(ordered.pipe(Layer.provide(unordered))).type.toBe<
      Layer.Layer<Provides, Platform.StartError, TotalOrder>
    >()
  })
})

declare const bus: CommandBus["Service"]
declare const price: { readonly amount: number; readonly currency: "EUR" }

describe("a command that is sent", () => {
  const category = { categoryId: CategoryId.make("a"), name: "A" }
  const product = { productId: ProductId.make("p"), categoryIds: [], name: "P", price }

  test("fails with exactly its own errors and `SendError`", () => {
    expect(bus.send(AddProduct, product)).type.toBe<
      Effect.Effect<CommandAccepted, ProductAlreadyExists | SendError>
    >()
    expect(bus.send(Category.commands.CreateCategory, category)).type.toBe<
      Effect.Effect<CommandAccepted, CategoryExists | SendError>
    >()
    expect(bus.send(Category.commands.Touch, category)).type.toBe<Effect.Effect<CommandAccepted, SendError>>()
  })

  test("has an id of another kind", () => {
    expect(bus.send(Category.commands.CreateCategory, { ...category, categoryId: ProductId.make("p") })).type
      .toRaiseError("Type 'string & Brand<\"product\">' is not assignable to type 'string & Brand<\"category\">'.")
  })

  test("misses a field", () => {
    expect(bus.send(Category.commands.CreateCategory, { name: "A" })).type.toRaiseError(
      "Property 'categoryId' is missing in type '{ name: string; }'"
    )
  })

  test("goes to an aggregate instead of one of its commands", () => {
    expect(bus.send(Category, category)).type.toRaiseError(
      "Type 'typeof Category' is missing the following properties from type 'AnyTarget'"
    )
  })
})
