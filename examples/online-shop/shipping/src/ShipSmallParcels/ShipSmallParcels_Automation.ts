import { publishCommand } from "@reventless/core/Action"
import * as Effect from "effect/Effect"
import { Parcel } from "../Parcel/Parcel.ts"
import { ShipSmallParcels } from "./ShipSmallParcels.ts"

/** How many pieces fit into a box. */
const box = 10

export const ShipSmallParcelsLive = ShipSmallParcels.automation({
  collect: { ParcelPrepared: ({ orderId, pieces }) => pieces > box ? [] : { orderId } },
  process: (item) => Effect.succeed(publishCommand(Parcel.commands.ShipParcel, item))
})
