/** An aggregate, because everything that happens to a customer is decided by that customer alone. */
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Schema from "effect/Schema"
import { CustomerId } from "../ids.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

const Email = Schema.NonEmptyString.check(Schema.isPattern(/^[^\s@]+@[^\s@]+$/))

export class CustomerRegistered extends Event.make("CustomerRegistered", {
  customerId: CustomerId,
  name: Schema.String,
  email: Schema.String,
  address: Schema.String
}) {}
export class CustomerMoved extends Event.make("CustomerMoved", { customerId: CustomerId, address: Schema.String }) {}
export class CustomerEmailChanged
  extends Event.make("CustomerEmailChanged", { customerId: CustomerId, email: Schema.String })
{}

export class CustomerExists extends Schema.TaggedError<CustomerExists>()("CustomerExists", { customerId: CustomerId }) {
  override get message(): string {
    return `The customer '${this.customerId}' is registered already.`
  }
}

export class CustomerUnknown
  extends Schema.TaggedError<CustomerUnknown>()("CustomerUnknown", { customerId: CustomerId }, { httpApiStatus: 404 })
{
  override get message(): string {
    return `There is no customer '${this.customerId}'. Register first.`
  }
}

export class Customer extends Aggregate.make("Customer", {
  id: CustomerId,
  commands: [
    Command.make("Register", {
      customerId: CustomerId,
      name: Schema.NonEmptyString,
      email: Email,
      address: Schema.NonEmptyString
    }, {
      errors: [CustomerExists],
      access: OrderingAccess.shop,
      description: "Registers a customer, with where to write and where to send."
    }),
    Command.make("ChangeAddress", { customerId: CustomerId, address: Schema.NonEmptyString }, {
      errors: [CustomerUnknown],
      access: OrderingAccess.shop,
      description: "Changes where later orders are sent."
    }),
    Command.make("ChangeEmail", { customerId: CustomerId, email: Email }, {
      errors: [CustomerUnknown],
      access: OrderingAccess.shop,
      description: "Changes where later orders are confirmed."
    })
  ],
  events: [CustomerRegistered, CustomerMoved, CustomerEmailChanged]
}) {}
