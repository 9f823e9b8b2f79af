import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { OrderId } from "@reventless/example-ordering-spec"
import { BuyerReminded, OrderCancelled, OrderPaid, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class RemindBuyer extends StateChangeSlice.make("RemindBuyer", {
  command: { orderId: OrderId },
  consumes: [OrderPlaced, OrderPaid, OrderCancelled, BuyerReminded],
  produces: [BuyerReminded],
  access: OrderingAccess.manage,
  description: "Reminds a customer of an order that isn't paid; once. Of any other it reminds nobody."
}) {}
