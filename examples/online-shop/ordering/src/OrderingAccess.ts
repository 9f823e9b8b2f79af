/**
 * Who may do what: anyone sees what is on offer, customers order for themselves and see their own orders, shop managers mind
 * everyone's.
 */
import * as Access from "@reventless/core/Access"

export const browse = Access.anyone
export const own = Access.owner("customerId", { groups: ["shop-manager"] })
export const manage = Access.groups("shop-manager")
