import * as Action from "@reventless/core/Action"
import * as Effect from "effect/Effect"
import { ShipOrder } from "../ShipOrder/ShipOrder.ts"
import { ShipPaidOrders } from "./ShipPaidOrders.ts"

export const ShipPaidOrdersLive = ShipPaidOrders.automation({
  collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
  process: (item) => Effect.succeed(Action.publishCommand(ShipOrder, item))
})
