import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Plugin from "@reventless/core/Plugin"
import { Scheduler } from "@reventless/core/Scheduler"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  ProductAppeared,
  ProductBecameAvailable,
  ProductId,
  Products,
  ProductsV1,
  Remind,
  StockRanOut
} from "./contract.ts"

export class ProductAdded
  extends Event.make("ProductAdded", { productId: ProductId, sku: Schema.String, cost: Schema.Int })
{}
export class StockTaken extends Event.make("StockTaken", { productId: ProductId, left: Schema.Int }) {}
export class StockAdded extends Event.make("StockAdded", { productId: ProductId, count: Schema.Int }) {}

export class AddProduct extends StateChangeSlice.make("AddProduct", {
  command: { productId: ProductId, sku: Schema.String, cost: Schema.Int },
  consumes: [],
  produces: [ProductAdded]
}) {}
const AddProductLive = AddProduct.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([ProductAdded.make(command)])
})

export class TakeStock extends StateChangeSlice.make("TakeStock", {
  command: { productId: ProductId, left: Schema.Int },
  consumes: [],
  produces: [StockTaken]
}) {}
const TakeStockLive = TakeStock.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([StockTaken.make(command)])
})

export class AddStock extends StateChangeSlice.make("AddStock", {
  command: { productId: ProductId, count: Schema.Int },
  consumes: [],
  produces: [StockAdded]
}) {}
const AddStockLive = AddStock.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([StockAdded.make(command)])
})

// #region names
/** The names that customers see, kept by somebody else. */
export class Names extends Context.Service<Names, {
  readonly of: (sku: string) => Effect.Effect<string, NameUnknown>
}>()("catalog/Names") {}

export class NameUnknown extends Schema.TaggedError<NameUnknown>()("NameUnknown", { sku: Schema.String }) {
  override get message(): string {
    return `nobody has named the article ${this.sku}`
  }
}
// #endregion names

// #region directive
const remind = Effect.fn("remind")(function*({ productId }: Remind) {
  const scheduler = yield* Scheduler
  yield* scheduler.create({
    name: `restock-${productId}`,
    when: { every: "1 day" },
    to: AddStock,
    command: { productId, count: 1 }
  })
})
// #endregion directive

// #region mapping
export const ProductsMappingLive = Products.mapping({
  from: [ProductAdded, StockTaken],
  outgoing: {
    ProductAdded: Effect.fn(function*({ productId, sku }) {
      const name = yield* (yield* Names).of(sku)
      return publishEvent(ProductBecameAvailable.make({ productId, name }))
    }),
    StockTaken: ({ left, productId }) =>
      left > 0 ? undefined : [
        publishEvent(StockRanOut.make({ productId })),
        handleDirective(remind, Remind.make({ productId, text: "sold out" }))
      ]
  },
  incoming: {
    Restock: ({ count, productId }) => publishCommand(AddStock, { productId, count })
  },
  sends: [AddStock],
  directivesSend: [AddStock]
})
// #endregion mapping

// #region older
export const ProductsV1Live = Products.older(ProductsV1, {
  events: {
    ProductBecameAvailable: ({ productId }) => ProductAppeared.make({ productId }),
    StockRanOut: () => undefined
  },
  commands: {
    RestockDozens: ({ dozens, productId }) =>
      publishCommand(Products.commands.Restock, { productId, count: dozens * 12 })
  }
})
// #endregion older

// #region plugin
export const Catalog = Plugin.make("Catalog", {
  version: "1.0.0",
  stateChangeSlices: [AddProductLive, TakeStockLive, AddStockLive],
  extensionPoints: [ProductsMappingLive, ProductsV1Live]
})
// #endregion plugin
