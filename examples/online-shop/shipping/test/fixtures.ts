import { OrderId } from "@reventless/example-ordering-spec"
import { ParcelDelivered, ParcelPrepared, ParcelShipped } from "@reventless/example-shipping/Parcel/Parcel"

export const orderId = OrderId.make("1001")
export const parcel = { orderId, content: "Kettle", pieces: 2, recipient: "Ada", address: "1 Mill Lane" }
export const prepared = ParcelPrepared.make(parcel)
export const shipped = ParcelShipped.make({ orderId, trackingCode: "track-1001" })
export const delivered = ParcelDelivered.make({ orderId })
