import type { OrderId } from "@reventless/example-ordering-spec"
import * as Effect from "effect/Effect"
import { OrderCancelled, type OrderPlaced } from "../OrderEvents.ts"
import { CancelOrdersOf } from "./CancelOrdersOf.ts"

/** The orders that aren't paid, by their number. */
type Open = { readonly [id: OrderId]: Pick<OrderPlaced, "orderId" | "customerId" | "productId" | "quantity"> }

const without = (open: Open, orderId: OrderId): Open => {
  const { [orderId]: _, ...rest } = open
  return rest
}

export const CancelOrdersOfLive = CancelOrdersOf.behavior({
  initial: {} as Open,
  evolve: {
    OrderPlaced: (open, { customerId, orderId, productId, quantity }) => ({
      ...open,
      [orderId]: { orderId, customerId, productId, quantity }
    }),
    OrderPaid: (open, { orderId }) => without(open, orderId),
    OrderCancelled: (open, { orderId }) => without(open, orderId)
  },
  decide: (_, open) =>
    Effect.succeed(Object.values(open).map((order) => OrderCancelled.make({ ...order, reason: "customer left" })))
})
