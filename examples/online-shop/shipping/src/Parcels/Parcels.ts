import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { ParcelDelivered, ParcelPrepared, ParcelShipped } from "../Parcel/Parcel.ts"
import * as ShippingAccess from "../ShippingAccess.ts"

export class Parcels extends StateViewSlice.make("Parcels", {
  row: {
    orderId: OrderId,
    content: Schema.String,
    pieces: Schema.Int,
    recipient: Schema.String,
    address: Schema.String,
    status: Schema.Literals(["prepared", "shipped", "delivered"]),
    trackingCode: Schema.optionalKey(Schema.String)
  },
  key: "orderId",
  consumes: [ParcelPrepared, ParcelShipped, ParcelDelivered],
  indexes: { byStatus: ["status"] },
  access: ShippingAccess.manage,
  description: "Every parcel, and how far it has come."
}) {}
