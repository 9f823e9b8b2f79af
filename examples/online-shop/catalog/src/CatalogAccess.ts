/** Who may do what in the catalog: everyone reads it, shop managers change it. */
import * as Access from "@reventless/core/Access"

export const read = Access.anyone
export const write = Access.groups("shop-manager")
