/**
 * Sends each order a command that is due later. Nothing has to take it back when the order is paid: by then the command
 * changes nothing.
 */
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import { CancelOrder } from "../CancelOrder/CancelOrder.ts"
import { OrderPlaced } from "../OrderEvents.ts"

export class CancelUnpaidOrders extends AutomationSlice.make("CancelUnpaidOrders", {
  item: { orderId: OrderId, customerId: CustomerId },
  key: "orderId",
  collects: [OrderPlaced],
  sends: [CancelOrder],
  description: "Cancels what isn't paid within half an hour."
}) {}
