import * as Plugin from "@reventless/core/Plugin"
import { OrdersExtensionLive } from "./Extension/Orders_Extension.ts"
import { ParcelsMappingLive } from "./ExtensionPoint/Parcels_ExtensionPointMapping.ts"
import { ParcelLive } from "./Parcel/Parcel_Behavior.ts"
import { ParcelsLive } from "./Parcels/Parcels_Projection.ts"
import { ShipSmallParcelsLive } from "./ShipSmallParcels/ShipSmallParcels_Automation.ts"

export const Shipping = Plugin.make("Shipping", {
  version: "1.0.0",
  heartbeatInterval: "5 minutes",
  aggregates: [ParcelLive],
  stateViewSlices: [ParcelsLive],
  automationSlices: [ShipSmallParcelsLive],
  extensionPoints: [ParcelsMappingLive],
  extensions: [OrdersExtensionLive]
})
