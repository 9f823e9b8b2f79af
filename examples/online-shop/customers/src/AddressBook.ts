/** Where the mail service keeps who is written to where: whoever writes to a customer names the customer alone. */
import type { CustomerId } from "@reventless/example-customers-spec"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Email } from "./Email.ts"

export class AddressBookClosed extends Schema.TaggedError<AddressBookClosed>()("AddressBookClosed", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The address book took no note: ${this.detail}. It is tried again.`
  }
}

export class AddressBook extends Context.Service<AddressBook, {
  /** Says where a customer is written to from now on; nowhere without an address. Said twice, it is the same. */
  readonly put: (customerId: CustomerId, email: Email | undefined) => Effect.Effect<void, AddressBookClosed>
}>()("@reventless/example-customers/AddressBook") {}
