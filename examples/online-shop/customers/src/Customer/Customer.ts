/** An aggregate, because everything that happens to a customer is decided by that customer alone. */
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import { CustomerId } from "@reventless/example-customers-spec"
import * as Schema from "effect/Schema"
import * as CustomersAccess from "../CustomersAccess.ts"
import { Email } from "../Email.ts"

export class CustomerRegistered extends Event.make("CustomerRegistered", {
  customerId: CustomerId,
  name: Schema.String,
  email: Email,
  address: Schema.String
}) {}
export class CustomerMoved extends Event.make("CustomerMoved", { customerId: CustomerId, address: Schema.String }) {}
export class CustomerEmailChanged
  extends Event.make("CustomerEmailChanged", { customerId: CustomerId, email: Email })
{}

/** The account is closed in thirty days, unless the customer stays. */
export class CustomerLeft extends Event.make("CustomerLeft", { customerId: CustomerId }) {}
export class CustomerStayed extends Event.make("CustomerStayed", { customerId: CustomerId }) {}
export class CustomerClosed extends Event.make("CustomerClosed", { customerId: CustomerId }) {}

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
      access: CustomersAccess.own,
      description: "Registers a customer, with where to write and where to send."
    }),
    Command.make("ChangeAddress", { customerId: CustomerId, address: Schema.NonEmptyString }, {
      errors: [CustomerUnknown],
      access: CustomersAccess.own,
      description: "Changes where later orders are sent."
    }),
    Command.make("ChangeEmail", { customerId: CustomerId, email: Email }, {
      errors: [CustomerUnknown],
      access: CustomersAccess.own,
      description: "Changes where later orders are confirmed."
    }),
    Command.make("Leave", { customerId: CustomerId }, {
      errors: [CustomerUnknown],
      access: CustomersAccess.own,
      description: "Has the account closed in thirty days."
    }),
    Command.make("Stay", { customerId: CustomerId }, {
      errors: [CustomerUnknown],
      access: CustomersAccess.own,
      description: "Keeps an account that was to be closed."
    }),
    Command.make("Close", { customerId: CustomerId }, {
      access: CustomersAccess.manage,
      description: "Closes the account of a customer who left, and didn't stay."
    })
  ],
  events: [CustomerRegistered, CustomerMoved, CustomerEmailChanged, CustomerLeft, CustomerStayed, CustomerClosed]
}) {}
