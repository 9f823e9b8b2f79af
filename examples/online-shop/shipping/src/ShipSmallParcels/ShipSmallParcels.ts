import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { OrderId } from "@reventless/example-ordering-spec"
import { Parcel, ParcelPrepared, ParcelShipped } from "../Parcel/Parcel.ts"

export class ShipSmallParcels extends AutomationSlice.make("ShipSmallParcels", {
  item: { orderId: OrderId },
  key: "orderId",
  collects: [ParcelPrepared],
  resolves: [ParcelShipped],
  sends: [Parcel.commands.ShipParcel],
  description:
    "Ships what fits into a box, up to 10 pieces. For more, somebody has to book a pallet and ship it by hand."
}) {}
