import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { OrderId } from "../ids.ts"
import { OrderCancelled, OrderPaid, OrderShipped } from "../OrderEvents.ts"
import { ShipOrder } from "../ShipOrder/ShipOrder.ts"

export class ShipPaidOrders extends AutomationSlice.make("ShipPaidOrders", {
  item: { orderId: OrderId },
  key: "orderId",
  collects: [OrderPaid],
  resolves: [OrderShipped, OrderCancelled],
  sends: [ShipOrder],
  description: "Ships what is paid."
}) {}
