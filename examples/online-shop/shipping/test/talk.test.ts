/** What shipping makes of what it hears, and what others hear of it. */
import { describe, it } from "@effect/vitest"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import { OrderReadyForShipping, Orders } from "@reventless/example-ordering-spec"
import { Parcel } from "@reventless/example-shipping"
import { ParcelArrived } from "@reventless/example-shipping-spec"
import { OrdersExtensionLive } from "@reventless/example-shipping/Extension/Orders_Extension"
import { ParcelsMappingLive } from "@reventless/example-shipping/ExtensionPoint/Parcels_ExtensionPointMapping"
import * as Spec from "@reventless/testing/Spec"
import { delivered, orderId, parcel, prepared, shipped } from "./fixtures.ts"

describe("following the orders", () => {
  const orders = Spec.extension(OrdersExtensionLive)

  it.effect("packs what is ready for shipping", () =>
    orders.whenReceived(OrderReadyForShipping.make({
      orderId,
      productId: OrderReadyForShipping.fields.productId.make("kettle"),
      product: "Kettle",
      quantity: 2,
      recipient: "Ada",
      address: "1 Mill Lane"
    })).then([publishCommand(Parcel.commands.PrepareParcel, parcel)]))

  it.effect("confirms what has left the house", () =>
    orders.whenEvent(shipped).then([
      publishCommand(Orders.commands.ConfirmShipment, { orderId, trackingCode: "track-1001" })
    ]))

  it.effect("says nothing while it packs", () => orders.whenEvent(prepared).thenNothing)
})

describe("others hear of a parcel", () => {
  const parcels = Spec.extensionPoint(ParcelsMappingLive)

  it.effect("that it has arrived", () =>
    parcels.whenEvent(delivered).then([publishEvent(ParcelArrived.make({ orderId }))]))

  it.effect("nothing else", () => parcels.whenEvent(shipped).thenNothing)
})
