/** What all plugins of the shop call an order. */
import * as Id from "@reventless/core/Id"

export const OrderId = Id.make("order")
export type OrderId = typeof OrderId.Type
