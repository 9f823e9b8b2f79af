/** Follows shipping: an order has come to its end when its parcel has arrived. */
import { publishCommand } from "@reventless/core/Action"
import { Parcels } from "@reventless/example-shipping-spec"
import { DeliverOrder } from "../DeliverOrder/DeliverOrder.ts"

export const ParcelsExtensionLive = Parcels.extension({
  incoming: { ParcelArrived: ({ orderId }) => publishCommand(DeliverOrder, { orderId }) },
  sends: [DeliverOrder]
})
