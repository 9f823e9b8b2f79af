import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { OrderId } from "@reventless/example-ordering-spec"
import { OrderUnknown } from "../OrderErrors.ts"
import { OrderDelivered, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class DeliverOrder extends StateChangeSlice.make("DeliverOrder", {
  command: { orderId: OrderId },
  consumes: [OrderPlaced, OrderDelivered],
  produces: [OrderDelivered],
  errors: [OrderUnknown],
  access: OrderingAccess.manage,
  description: "Takes note that an order has arrived; once."
}) {}
