import * as Effect from "effect/Effect"
import { OrderIsPaid, OrderUnknown } from "../OrderErrors.ts"
import { OrderCancelled, type OrderPlaced } from "../OrderEvents.ts"
import { CancelOrder } from "./CancelOrder.ts"

type Placed = Pick<OrderPlaced, "customerId" | "productId" | "quantity">

type Order =
  | { readonly _tag: "Unknown" | "Paid" | "Cancelled" }
  | { readonly _tag: "Placed"; readonly placed: Placed }

export const CancelOrderLive = CancelOrder.behavior({
  initial: { _tag: "Unknown" } as Order,
  evolve: {
    OrderPlaced: (_, { customerId, productId, quantity }) => ({
      _tag: "Placed",
      placed: { customerId, productId, quantity }
    }),
    OrderPaid: () => ({ _tag: "Paid" }),
    OrderCancelled: () => ({ _tag: "Cancelled" })
  },
  decide: (command, order) => {
    switch (order._tag) {
      case "Unknown":
        return Effect.fail(new OrderUnknown(command))
      case "Paid":
        return command.reason === "unpaid" ? Effect.succeed([]) : Effect.fail(new OrderIsPaid(command))
      case "Cancelled":
        return Effect.succeed([])
      case "Placed":
        return Effect.succeed([OrderCancelled.make({ ...order.placed, ...command })])
    }
  }
})
