import { handleDirective, publishCommand } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ProductId, Products, Remind } from "./contract.ts"

export class ProductOffered extends Event.make("ProductOffered", { productId: ProductId, name: Schema.String }) {}
export class OrderPlaced extends Event.make("OrderPlaced", { productId: ProductId, count: Schema.Int }) {}

export class OfferProduct extends StateChangeSlice.make("OfferProduct", {
  command: { productId: ProductId, name: Schema.String },
  consumes: [],
  produces: [ProductOffered]
}) {}
const OfferProductLive = OfferProduct.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([ProductOffered.make(command)])
})

export class PlaceOrder extends StateChangeSlice.make("PlaceOrder", {
  command: { productId: ProductId, count: Schema.Int },
  consumes: [],
  produces: [OrderPlaced]
}) {}
const PlaceOrderLive = PlaceOrder.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([OrderPlaced.make(command)])
})

export class Chat
  extends Context.Service<Chat, { readonly post: (text: string) => Effect.Effect<void> }>()("ordering/Chat")
{}

// #region extension
export const ProductsExtensionLive = Products.extension({
  incoming: {
    ProductBecameAvailable: ({ name, productId }) => publishCommand(OfferProduct, { productId, name }),
    StockRanOut: ({ productId }) =>
      handleDirective(
        ({ text }: Remind) => Effect.flatMap(Chat, (chat) => chat.post(text)),
        Remind.make({ productId, text: `${productId} is sold out` })
      )
  },
  from: [OrderPlaced],
  outgoing: {
    OrderPlaced: ({ count, productId }) =>
      count < 10 ? undefined : publishCommand(Products.commands.Restock, { productId, count })
  }
})
// #endregion extension

// #region plugin
export const Ordering = Plugin.make("Ordering", {
  version: "1.0.0",
  stateChangeSlices: [OfferProductLive, PlaceOrderLive],
  extensions: [ProductsExtensionLive]
})
// #endregion plugin
