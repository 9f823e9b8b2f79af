import * as Effect from "effect/Effect"
import { BuyerReminded, type OrderPlaced } from "../OrderEvents.ts"
import { RemindBuyer } from "./RemindBuyer.ts"

interface State {
  /** What the customer would be reminded of. */
  readonly unpaid: Pick<OrderPlaced, "customerId" | "productId" | "product"> | undefined
}

export const RemindBuyerLive = RemindBuyer.behavior({
  initial: { unpaid: undefined } as State,
  evolve: {
    OrderPlaced: (_, { customerId, product, productId }) => ({ unpaid: { customerId, productId, product } }),
    OrderPaid: () => ({ unpaid: undefined }),
    OrderCancelled: () => ({ unpaid: undefined }),
    BuyerReminded: () => ({ unpaid: undefined })
  },
  decide: (command, { unpaid }) =>
    Effect.succeed(unpaid === undefined ? [] : [BuyerReminded.make({ ...unpaid, ...command })])
})
