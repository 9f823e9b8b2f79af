/** Who may do what: customers mind their own affairs, shop managers everyone's. Who isn't known may see what is on offer. */
import * as Access from "@reventless/core/Access"

export const browse = Access.anyone
export const shop = Access.groups("customer", "shop-manager")
export const manage = Access.groups("shop-manager")
