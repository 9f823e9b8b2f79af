/**
 * Follows the catalog: its products are our offers. And tells it what is sold, so that the catalog's shelf and our offers
 * say the same. Each event's commands are handled once, however often it is delivered, so `StockOffer` may simply add.
 */
import { publishCommand } from "@reventless/core/Action"
import { Products } from "@reventless/example-catalog-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import { Offer } from "../Offer/Offer.ts"
import { OrderCancelled, OrderPlaced } from "../OrderEvents.ts"

const { OfferProduct, RenameOffer, RepriceOffer, StockOffer, WithdrawOffer } = Offer.commands

export const ProductsExtensionLive = Products.extension({
  incoming: {
    ProductBecameAvailable: ({ name, price, productId }) => publishCommand(OfferProduct, { productId, name, price }),
    ProductNameChanged: ({ name, productId }) => publishCommand(RenameOffer, { productId, name }),
    ProductPriceChanged: ({ price, productId }) => publishCommand(RepriceOffer, { productId, price }),
    ProductRestocked: ({ count, productId }) => publishCommand(StockOffer, { productId, count }),
    ProductWithdrawn: ({ productId }) => publishCommand(WithdrawOffer, { productId })
  },
  from: [OrderPlaced, OrderCancelled],
  key: OrderId,
  outgoing: {
    OrderPlaced: ({ orderId, productId, quantity }) =>
      publishCommand(Products.commands.ReportSold, { productId, quantity, reference: `order ${orderId}` }),
    OrderCancelled: ({ orderId, productId, quantity }) =>
      publishCommand(Products.commands.ReportReturned, { productId, quantity, reference: `order ${orderId}` })
  },
  sends: [
    OfferProduct,
    RenameOffer,
    RepriceOffer,
    StockOffer,
    WithdrawOffer,
    Products.commands.ReportSold,
    Products.commands.ReportReturned
  ]
})
