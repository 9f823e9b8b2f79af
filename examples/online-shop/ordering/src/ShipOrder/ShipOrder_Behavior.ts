import * as Effect from "effect/Effect"
import { OrderIsCancelled, OrderUnknown } from "../OrderErrors.ts"
import { type OrderPlaced, OrderShipped } from "../OrderEvents.ts"
import { OrderIsNotPaid, ShipOrder } from "./ShipOrder.ts"

type Placed = Pick<OrderPlaced, "customerId" | "productId">

type Order =
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "Placed" | "Paid" | "Cancelled" | "Shipped"; readonly placed: Placed }

/** An order that was placed moves on. */
const to = (_tag: Exclude<Order["_tag"], "Unknown">) => (order: Order): Order =>
  order._tag === "Unknown" ? order : { ...order, _tag }

export const ShipOrderLive = ShipOrder.behavior({
  initial: { _tag: "Unknown" } as Order,
  evolve: {
    OrderPlaced: (_, { customerId, productId }) => ({ _tag: "Placed", placed: { customerId, productId } }),
    OrderPaid: to("Paid"),
    OrderCancelled: to("Cancelled"),
    OrderShipped: to("Shipped")
  },
  decide: (command, order) => {
    switch (order._tag) {
      case "Unknown":
        return Effect.fail(new OrderUnknown(command))
      case "Placed":
        return Effect.fail(new OrderIsNotPaid(command))
      case "Cancelled":
        return Effect.fail(new OrderIsCancelled(command))
      case "Paid":
        return Effect.succeed([OrderShipped.make({ ...order.placed, ...command })])
      case "Shipped":
        return Effect.succeed([])
    }
  }
})
