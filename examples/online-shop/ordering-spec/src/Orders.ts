/**
 * What others may know of orders: that one is paid, and what is to be sent where. What it cost, who paid how and who
 * ordered stays inside.
 */
import * as Command from "@reventless/core/Command"
import * as Directive from "@reventless/core/Directive"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import { ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import { OrderId } from "./ids.ts"

/** It is paid, so it can't be cancelled any more: somebody has to send it. */
export class OrderReadyForShipping extends Event.make("OrderReadyForShipping", {
  orderId: OrderId,
  productId: ProductId,
  product: Schema.String,
  quantity: Schema.Int,
  recipient: Schema.String,
  address: Schema.String
}) {}

/** Has the customer reminded of the payment, if it is still needed by then. */
export class RemindOfPayment extends Directive.make("RemindOfPayment", { orderId: OrderId }) {}

export class Orders extends ExtensionPoint.make("Ordering.Orders", {
  version: "1.0.0",
  events: [OrderReadyForShipping],
  commands: [
    Command.make("ConfirmShipment", { orderId: OrderId, trackingCode: Schema.NonEmptyString }, {
      description: "The order has left the house; the carrier finds it by this code."
    })
  ],
  directives: [RemindOfPayment],
  connect: ["Shipping"],
  description: "What is to be sent, and the door to say that it was."
}) {}
