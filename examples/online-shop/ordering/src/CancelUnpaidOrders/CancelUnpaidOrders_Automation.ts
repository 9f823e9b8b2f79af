import * as Action from "@reventless/core/Action"
import * as Effect from "effect/Effect"
import { CancelOrder } from "../CancelOrder/CancelOrder.ts"
import { CancelUnpaidOrders } from "./CancelUnpaidOrders.ts"

export const CancelUnpaidOrdersLive = CancelUnpaidOrders.automation({
  collect: { OrderPlaced: ({ customerId, orderId }) => ({ orderId, customerId }) },
  process: (item) =>
    Effect.succeed(Action.publishCommandDelayed("30 minutes", CancelOrder, { ...item, reason: "unpaid" }))
})
