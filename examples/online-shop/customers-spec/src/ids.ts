/** What all plugins of the shop call a customer. It is who they are when they sign in, too. */
import * as Id from "@reventless/core/Id"

export const CustomerId = Id.make("customer")
export type CustomerId = typeof CustomerId.Type
