import * as Effect from "effect/Effect"
import { OrderIsPaid, OrderUnknown } from "../OrderErrors.ts"
import { OrderCancelled, type OrderPlaced } from "../OrderEvents.ts"
import { CancelOrder } from "./CancelOrder.ts"

type Placed = Pick<OrderPlaced, "customerId" | "productId" | "quantity">

interface Order {
  /** Undefined as long as nobody placed it. */
  readonly placed: Placed | undefined
  readonly state: "open" | "paid" | "cancelled"
}

export const CancelOrderLive = CancelOrder.behavior({
  initial: { placed: undefined, state: "open" } as Order,
  evolve: {
    OrderPlaced: (_, { customerId, productId, quantity }) => ({
      placed: { customerId, productId, quantity },
      state: "open"
    }),
    OrderPaid: (order) => ({ ...order, state: "paid" }),
    OrderCancelled: (order) => ({ ...order, state: "cancelled" })
  },
  decide: (command, { placed, state }) => {
    // Whose order it isn't doesn't learn that there is one.
    if (placed?.customerId !== command.customerId) return Effect.fail(new OrderUnknown(command))
    switch (state) {
      case "paid":
        return command.reason === "unpaid" ? Effect.succeed([]) : Effect.fail(new OrderIsPaid(command))
      case "cancelled":
        return Effect.succeed([])
      case "open":
        return Effect.succeed([OrderCancelled.make({ ...placed, ...command })])
    }
  }
})
