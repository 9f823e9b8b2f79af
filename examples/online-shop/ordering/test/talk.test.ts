/** What ordering makes of what it hears, and what others hear of it. */
import { describe, it } from "@effect/vitest"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import type { QueryEngine } from "@reventless/core/QueryEngine"
import {
  ProductBecameAvailable,
  ProductNameChanged,
  ProductPriceChanged,
  ProductRestocked,
  Products,
  ProductWithdrawn
} from "@reventless/example-catalog-spec"
import { CustomerAddressChanged, CustomerGone, CustomerJoined } from "@reventless/example-customers-spec"
import { ShipOrder } from "@reventless/example-ordering"
import { OrderReadyForShipping, Orders, RemindOfPayment } from "@reventless/example-ordering-spec"
import { Buyer } from "@reventless/example-ordering/Buyer/Buyer"
import { CancelOrdersOf } from "@reventless/example-ordering/CancelOrdersOf/CancelOrdersOf"
import { DeliverOrder } from "@reventless/example-ordering/DeliverOrder/DeliverOrder"
import { CustomersExtensionLive } from "@reventless/example-ordering/Extension/Customers_Extension"
import { ParcelsExtensionLive } from "@reventless/example-ordering/Extension/Parcels_Extension"
import { ProductsExtensionLive } from "@reventless/example-ordering/Extension/Products_Extension"
import { OrdersMappingLive } from "@reventless/example-ordering/ExtensionPoint/Orders_ExtensionPointMapping"
import { Offer } from "@reventless/example-ordering/Offer/Offer"
import { OrderUnknown } from "@reventless/example-ordering/OrderErrors"
import { ParcelArrived } from "@reventless/example-shipping-spec"
import * as Spec from "@reventless/testing/Spec"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import {
  ada,
  cancelled,
  customerId,
  euros,
  offer,
  orderId,
  paid,
  placed,
  productId,
  row,
  trackingCode
} from "./fixtures.ts"

describe("following the catalog", () => {
  const products = Spec.extension(ProductsExtensionLive)
  const { OfferProduct, RenameOffer, RepriceOffer, StockOffer, WithdrawOffer } = Offer.commands

  it.effect("offers what is available", () =>
    products.whenReceived(ProductBecameAvailable.make(offer)).then([publishCommand(OfferProduct, offer)]))

  it.effect("calls it as the catalog does", () =>
    products.whenReceived(ProductNameChanged.make({ productId, name: "Pot" })).then([
      publishCommand(RenameOffer, { productId, name: "Pot" })
    ]))

  it.effect("sells it at the catalog's price", () =>
    products.whenReceived(ProductPriceChanged.make({ productId, price: euros(69) })).then([
      publishCommand(RepriceOffer, { productId, price: euros(69) })
    ]))

  it.effect("sells so many more when they were delivered", () =>
    products.whenReceived(ProductRestocked.make({ productId, count: 3 })).then([
      publishCommand(StockOffer, { productId, count: 3 })
    ]))

  it.effect("sells no more of what is withdrawn", () =>
    products.whenReceived(ProductWithdrawn.make({ productId })).then([publishCommand(WithdrawOffer, { productId })]))

  it.effect("reports what is ordered, and what is cancelled", () =>
    Effect.gen(function*() {
      const movement = { productId, quantity: 2, reference: "order 1001" }
      yield* products.whenEvent(placed).then([publishCommand(Products.commands.ReportSold, movement)])
      yield* products.whenEvent(cancelled).then([publishCommand(Products.commands.ReportReturned, movement)])
    }))
})

describe("following the customers", () => {
  const customers = Spec.extension(CustomersExtensionLive)

  it.effect("admits who has joined", () =>
    customers.whenReceived(CustomerJoined.make(ada)).then([publishCommand(Buyer.commands.AdmitBuyer, ada)]))

  it.effect("sends to where they live now", () =>
    customers.whenReceived(CustomerAddressChanged.make({ customerId, address: "2 Mill Lane" })).then([
      publishCommand(Buyer.commands.MoveBuyer, { customerId, address: "2 Mill Lane" })
    ]))

  it.effect("takes no more orders of who is gone before it cancels those that are open", () =>
    customers.whenReceived(CustomerGone.make({ customerId })).then([
      publishCommand(Buyer.commands.DismissBuyer, { customerId }),
      publishCommand(CancelOrdersOf, { customerId })
    ]))
})

describe("following the parcels", () => {
  it.effect("takes note of what has arrived", () =>
    Spec.extension(ParcelsExtensionLive).whenReceived(ParcelArrived.make({ orderId })).then([
      publishCommand(DeliverOrder, { orderId })
    ]))
})

describe("others hear of an order", () => {
  const orders = Spec.extensionPoint(OrdersMappingLive)
  const showing = (order: Option.Option<object>) => ({
    queries: { get: () => Effect.succeed(order) } as unknown as QueryEngine["Service"]
  })

  it.effect("that it is to be sent once it is paid: what, and where to", () =>
    orders.whenEvent(paid, showing(Option.some({ ...row, status: "placed" }))).then([
      publishEvent(OrderReadyForShipping.make({
        orderId,
        productId,
        product: "Kettle",
        quantity: 2,
        recipient: "Ada",
        address: "1 Mill Lane"
      }))
    ]))

  it.effect("later, when the view doesn't show it yet", () =>
    orders.whenEvent(paid, showing(Option.none())).thenFails(new OrderUnknown({ orderId })))

  it.effect("nothing while it isn't paid; a reminder is asked for", () =>
    orders.whenEvent(placed).then([RemindOfPayment.make({ orderId })]))

  it.effect("and may confirm that it has left the house", () =>
    orders.whenCommand(Orders.commands.ConfirmShipment, { orderId, trackingCode }).then([
      publishCommand(ShipOrder, { orderId, trackingCode })
    ]))
})
