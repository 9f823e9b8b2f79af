/** The only way by which e-mail addresses leave, and it leads to one place. */
import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import { CustomerId } from "@reventless/example-customers-spec"
import * as Schema from "effect/Schema"
import { CustomerClosed, CustomerEmailChanged, CustomerRegistered } from "../Customer/Customer.ts"
import { Email } from "../Email.ts"

export class KeepAddressBook extends OutboundTranslationSlice.make("KeepAddressBook", {
  item: { customerId: CustomerId, email: Schema.optionalKey(Email) },
  key: "customerId",
  collects: [CustomerRegistered, CustomerEmailChanged, CustomerClosed],
  description: "Tells the mail service where customers are written to, and that those who left aren't any more."
}) {}
