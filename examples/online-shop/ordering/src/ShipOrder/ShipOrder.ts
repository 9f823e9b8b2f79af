/**
 * Asynchronous, because nobody waits for the answer and nothing may get lost: whoever ships has its command taken, and it
 * is decided in its turn.
 */
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { OrderIsCancelled, OrderUnknown } from "../OrderErrors.ts"
import { OrderCancelled, OrderPaid, OrderPlaced, OrderShipped } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class OrderIsNotPaid extends Schema.TaggedError<OrderIsNotPaid>()("OrderIsNotPaid", { orderId: OrderId }) {
  override get message(): string {
    return `The order '${this.orderId}' isn't paid, so it isn't shipped.`
  }
}

export class ShipOrder extends StateChangeSlice.make("ShipOrder", {
  command: { orderId: OrderId, trackingCode: Schema.NonEmptyString },
  consumes: [OrderPlaced, OrderPaid, OrderCancelled, OrderShipped],
  produces: [OrderShipped],
  errors: [OrderUnknown, OrderIsNotPaid, OrderIsCancelled],
  async: true,
  access: OrderingAccess.manage,
  description: "Takes note that a paid order has left the house; once."
}) {}
