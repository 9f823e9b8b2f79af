import { describe, it } from "@effect/vitest"
import { publishCommand } from "@reventless/core/Action"
import { Parcel, ParcelIsHere, ParcelPrepared, ParcelUnknown } from "@reventless/example-shipping/Parcel/Parcel"
import { ParcelLive } from "@reventless/example-shipping/Parcel/Parcel_Behavior"
import { ParcelsLive } from "@reventless/example-shipping/Parcels/Parcels_Projection"
import { ShipSmallParcelsLive } from "@reventless/example-shipping/ShipSmallParcels/ShipSmallParcels_Automation"
import * as Spec from "@reventless/testing/Spec"
import { delivered, orderId, parcel, prepared, shipped } from "./fixtures.ts"

const { ConfirmDelivery, PrepareParcel, ShipParcel } = Parcel.commands

describe("a parcel", () => {
  it.effect("is prepared once", () =>
    Spec.given(ParcelLive, [])
      .when(PrepareParcel, parcel)
      .then([prepared]))

  it.effect("is left alone when it is to be prepared again", () =>
    Spec.given(ParcelLive, [prepared, shipped])
      .when(PrepareParcel, parcel)
      .thenNothing)

  it.effect("is shipped with a code by which the carrier finds it", () =>
    Spec.given(ParcelLive, [prepared])
      .when(ShipParcel, { orderId })
      .then([shipped]))

  it.effect("is shipped once", () =>
    Spec.given(ParcelLive, [prepared, shipped])
      .when(ShipParcel, { orderId })
      .thenNothing)

  it.effect("that nobody prepared isn't shipped", () =>
    Spec.given(ParcelLive, [])
      .when(ShipParcel, { orderId })
      .thenFails(new ParcelUnknown({ orderId })))

  it.effect("arrives", () =>
    Spec.given(ParcelLive, [prepared, shipped])
      .when(ConfirmDelivery, { orderId })
      .then([delivered]))

  it.effect("arrives once", () =>
    Spec.given(ParcelLive, [prepared, shipped, delivered])
      .when(ConfirmDelivery, { orderId })
      .thenNothing)

  it.effect("can't arrive before it has left", () =>
    Spec.given(ParcelLive, [prepared])
      .when(ConfirmDelivery, { orderId })
      .thenFails(new ParcelIsHere({ orderId })))
})

describe("shipping small parcels", () => {
  it.effect("ships what fits into a box", () =>
    Spec.given(ShipSmallParcelsLive, [prepared]).whenProcessed().thenSends([publishCommand(ShipParcel, { orderId })]))

  it.effect("leaves more than ten pieces to somebody with a pallet", () =>
    Spec.given(ShipSmallParcelsLive, [ParcelPrepared.make({ ...parcel, pieces: 11 })]).thenNoItems)

  it.effect("has nothing left to do when it is shipped", () =>
    Spec.given(ShipSmallParcelsLive, [prepared, shipped]).thenNoItems)
})

describe("parcels", () => {
  it.effect("are shown with how far they have come", () =>
    Spec.given(ParcelsLive, [prepared, shipped, delivered])
      .thenRows([{ ...parcel, status: "delivered", trackingCode: "track-1001" }]))
})
