/** How shipping talks: of a parcel's life others hear the end. */
import { publishEvent } from "@reventless/core/Action"
import { ParcelArrived, Parcels } from "@reventless/example-shipping-spec"
import { Parcel } from "../Parcel/Parcel.ts"

export const ParcelsMappingLive = Parcels.mapping({
  from: Parcel,
  outgoing: {
    ParcelPrepared: () => [],
    ParcelShipped: () => [],
    ParcelDelivered: (event) => publishEvent(ParcelArrived.make(event))
  }
})
