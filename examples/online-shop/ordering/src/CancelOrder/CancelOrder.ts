import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { OrderId } from "../ids.ts"
import { OrderIsPaid, OrderUnknown } from "../OrderErrors.ts"
import { OrderCancelled, OrderPaid, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class CancelOrder extends StateChangeSlice.make("CancelOrder", {
  command: { orderId: OrderId, reason: OrderCancelled.fields.reason },
  consumes: [OrderPlaced, OrderPaid, OrderCancelled],
  produces: [OrderCancelled],
  errors: [OrderUnknown, OrderIsPaid],
  access: OrderingAccess.shop,
  description: "Cancels an order that isn't paid. For the reason 'unpaid', one that was paid meanwhile stays as it is."
}) {}
