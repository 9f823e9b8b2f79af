import * as Effect from "effect/Effect"
import { Parcel, ParcelDelivered, ParcelIsHere, ParcelPrepared, ParcelShipped, ParcelUnknown } from "./Parcel.ts"

export const ParcelLive = Parcel.behavior({
  initial: "unknown" as "unknown" | "prepared" | "shipped" | "delivered",
  evolve: {
    ParcelPrepared: () => "prepared",
    ParcelShipped: () => "shipped",
    ParcelDelivered: () => "delivered"
  },
  decide: {
    PrepareParcel: (command, parcel) => Effect.succeed(parcel === "unknown" ? [ParcelPrepared.make(command)] : []),
    ShipParcel: (command, parcel) => {
      switch (parcel) {
        case "unknown":
          return Effect.fail(new ParcelUnknown(command))
        case "prepared":
          return Effect.succeed([ParcelShipped.make({ ...command, trackingCode: `track-${command.orderId}` })])
        default:
          return Effect.succeed([])
      }
    },
    ConfirmDelivery: (command, parcel) => {
      switch (parcel) {
        case "unknown":
          return Effect.fail(new ParcelUnknown(command))
        case "prepared":
          return Effect.fail(new ParcelIsHere(command))
        case "shipped":
          return Effect.succeed([ParcelDelivered.make(command)])
        case "delivered":
          return Effect.succeed([])
      }
    }
  }
})
