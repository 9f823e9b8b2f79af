import * as Effect from "effect/Effect"
import { OrderUnknown } from "../OrderErrors.ts"
import { OrderDelivered, type OrderPlaced } from "../OrderEvents.ts"
import { DeliverOrder } from "./DeliverOrder.ts"

type Order =
  | { readonly _tag: "Unknown" | "Delivered" }
  | { readonly _tag: "Placed"; readonly ids: Pick<OrderPlaced, "customerId" | "productId"> }

export const DeliverOrderLive = DeliverOrder.behavior({
  initial: { _tag: "Unknown" } as Order,
  evolve: {
    OrderPlaced: (_, { customerId, productId }) => ({ _tag: "Placed", ids: { customerId, productId } }),
    OrderDelivered: () => ({ _tag: "Delivered" })
  },
  decide: (command, order) => {
    switch (order._tag) {
      case "Unknown":
        return Effect.fail(new OrderUnknown(command))
      case "Delivered":
        return Effect.succeed([])
      case "Placed":
        return Effect.succeed([OrderDelivered.make({ ...order.ids, ...command })])
    }
  }
})
