/** What orders and customers are called. Products are called as in the catalog. */
import * as Id from "@reventless/core/Id"

export const OrderId = Id.make("order")
export type OrderId = typeof OrderId.Type

export const CustomerId = Id.make("customer")
export type CustomerId = typeof CustomerId.Type
