/** Follows ordering: what is ready for shipping becomes a parcel. And tells it what has left the house. */
import { publishCommand } from "@reventless/core/Action"
import { Orders } from "@reventless/example-ordering-spec"
import { Parcel } from "../Parcel/Parcel.ts"

export const OrdersExtensionLive = Orders.extension({
  incoming: {
    OrderReadyForShipping: ({ address, orderId, product, quantity, recipient }) =>
      publishCommand(Parcel.commands.PrepareParcel, { orderId, content: product, pieces: quantity, recipient, address })
  },
  from: Parcel,
  outgoing: {
    ParcelPrepared: () => [],
    ParcelShipped: ({ orderId, trackingCode }) =>
      publishCommand(Orders.commands.ConfirmShipment, { orderId, trackingCode }),
    // That it has arrived isn't for ordering alone: `Shipping.Parcels` says it to everyone who follows.
    ParcelDelivered: () => []
  },
  sends: [Parcel.commands.PrepareParcel, Orders.commands.ConfirmShipment]
})
