/** Who may do what: customers mind their own affairs, and sign in as who they are. Shop managers mind everyone's. */
import * as Access from "@reventless/core/Access"

export const own = Access.owner("customerId", { groups: ["shop-manager"] })
export const manage = Access.groups("shop-manager")
