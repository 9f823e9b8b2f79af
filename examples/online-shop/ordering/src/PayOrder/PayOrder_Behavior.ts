import type { Money } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import { OrderIsCancelled, OrderIsPaid, OrderUnknown } from "../OrderErrors.ts"
import { OrderPaid, type OrderPlaced } from "../OrderEvents.ts"
import { PayOrder, WrongAmount } from "./PayOrder.ts"

type Ids = Pick<OrderPlaced, "customerId" | "productId">

type Order =
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "Placed"; readonly ids: Ids; readonly total: Money }
  | { readonly _tag: "Paid"; readonly paymentId: string }
  | { readonly _tag: "Cancelled" }

export const PayOrderLive = PayOrder.behavior({
  initial: { _tag: "Unknown" } as Order,
  evolve: {
    OrderPlaced: (_, { customerId, productId, total }) => ({ _tag: "Placed", ids: { customerId, productId }, total }),
    OrderPaid: (_, { paymentId }) => ({ _tag: "Paid", paymentId }),
    OrderCancelled: () => ({ _tag: "Cancelled" })
  },
  decide: Effect.fn("PayOrder.decide")(function*(command, order) {
    const { amount, orderId, paymentId } = command
    switch (order._tag) {
      case "Unknown":
        return yield* new OrderUnknown({ orderId })
      case "Cancelled":
        return yield* new OrderIsCancelled({ orderId })
      case "Paid":
        return order.paymentId === paymentId ? [] : yield* new OrderIsPaid({ orderId })
      case "Placed": {
        const { ids, total } = order
        if (amount.amount !== total.amount || amount.currency !== total.currency) {
          return yield* new WrongAmount({ orderId, total })
        }
        return [OrderPaid.make({ ...ids, ...command })]
      }
    }
  })
})
