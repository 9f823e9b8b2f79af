/**
 * One decision about all orders of a customer, and not a list of commands that a view gave: whoever isn't admitted any more
 * orders nothing, so nothing can come between.
 */
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderCancelled, OrderPaid, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class CancelOrdersOf extends StateChangeSlice.make("CancelOrdersOf", {
  command: { customerId: CustomerId },
  consumes: [OrderPlaced, OrderPaid, OrderCancelled],
  produces: [OrderCancelled],
  access: OrderingAccess.manage,
  description: "Cancels what a customer who is gone has ordered and not paid."
}) {}
