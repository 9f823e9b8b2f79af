/** What others may know of parcels: that they have arrived. One order is one parcel, so it is called by the order's number. */
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import { OrderId } from "@reventless/example-ordering-spec"

export class ParcelArrived extends Event.make("ParcelArrived", { orderId: OrderId }) {}

export class Parcels extends ExtensionPoint.make("Shipping.Parcels", {
  version: "1.0.0",
  events: [ParcelArrived],
  connect: ["Ordering"],
  description: "Which parcels have arrived. Read-only."
}) {}
