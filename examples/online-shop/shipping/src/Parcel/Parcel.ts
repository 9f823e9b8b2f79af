/** An aggregate: an order is one parcel, and everything that happens to it is decided by that parcel alone. */
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import * as ShippingAccess from "../ShippingAccess.ts"

const parcel = {
  orderId: OrderId,
  content: Schema.String,
  pieces: Schema.Int,
  recipient: Schema.String,
  address: Schema.String
}

export class ParcelPrepared extends Event.make("ParcelPrepared", parcel) {}
export class ParcelShipped extends Event.make("ParcelShipped", { orderId: OrderId, trackingCode: Schema.String }) {}
export class ParcelDelivered extends Event.make("ParcelDelivered", { orderId: OrderId }) {}

export class ParcelUnknown
  extends Schema.TaggedError<ParcelUnknown>()("ParcelUnknown", { orderId: OrderId }, { httpApiStatus: 404 })
{
  override get message(): string {
    return `There is no parcel for the order '${this.orderId}'. It is prepared when the order is paid.`
  }
}

export class ParcelIsHere extends Schema.TaggedError<ParcelIsHere>()("ParcelIsHere", { orderId: OrderId }) {
  override get message(): string {
    return `The parcel of the order '${this.orderId}' hasn't left the house. Ship it first.`
  }
}

const access = ShippingAccess.manage

export class Parcel extends Aggregate.make("Parcel", {
  id: OrderId,
  commands: [
    Command.make("PrepareParcel", parcel, { access, description: "Packs what an order is about." }),
    Command.make("ShipParcel", { orderId: OrderId }, {
      errors: [ParcelUnknown],
      access,
      description: "Hands a parcel to the carrier; once."
    }),
    Command.make("ConfirmDelivery", { orderId: OrderId }, {
      errors: [ParcelUnknown, ParcelIsHere],
      access,
      description: "Takes note that a parcel has arrived; once."
    })
  ],
  events: [ParcelPrepared, ParcelShipped, ParcelDelivered]
}) {}
