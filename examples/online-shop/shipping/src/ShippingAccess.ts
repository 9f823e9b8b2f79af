/** Who may do what: parcels are the shop managers' business. Customers see in their orders how far theirs are. */
import * as Access from "@reventless/core/Access"

export const manage = Access.groups("shop-manager")
