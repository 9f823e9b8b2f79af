import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { OrderIsPaid, OrderUnknown } from "../OrderErrors.ts"
import { OrderCancelled, OrderPaid, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class CancelOrder extends StateChangeSlice.make("CancelOrder", {
  command: { orderId: OrderId, customerId: CustomerId, reason: Schema.Literals(["by customer", "unpaid"]) },
  consumes: [OrderPlaced, OrderPaid, OrderCancelled],
  // The customer is named to say whose order it is: their other orders are none of its business.
  query: [{ types: [OrderPlaced, OrderPaid, OrderCancelled], by: ["orderId"] }],
  produces: [OrderCancelled],
  errors: [OrderUnknown, OrderIsPaid],
  access: OrderingAccess.own,
  description:
    "Cancels a customer's order that isn't paid. For the reason 'unpaid', one that was paid meanwhile stays as it is."
}) {}
