import * as Plugin from "@reventless/core/Plugin"
import { AccountsLive } from "./Accounts/Accounts_Projection.ts"
import { CustomerLive } from "./Customer/Customer_Behavior.ts"
import { CustomersMappingLive } from "./ExtensionPoint/Customers_ExtensionPointMapping.ts"
import { KeepAddressBookLive } from "./KeepAddressBook/KeepAddressBook_Translation.ts"

export const Customers = Plugin.make("Customers", {
  version: "1.0.0",
  heartbeatInterval: "5 minutes",
  aggregates: [CustomerLive],
  stateViewSlices: [AccountsLive],
  outboundTranslationSlices: [KeepAddressBookLive],
  extensionPoints: [CustomersMappingLive]
})
