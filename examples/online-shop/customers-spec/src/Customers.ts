/**
 * What others may know of customers: who they are and where things are sent to. Their e-mail address isn't here: it is
 * `Sensitive` inside, and a contract with such a field doesn't compile. Nor does a customer's thirty days of grace concern
 * anybody else: others hear of the end alone.
 */
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Schema from "effect/Schema"
import { CustomerId } from "./ids.ts"

export class CustomerJoined extends Event.make("CustomerJoined", {
  customerId: CustomerId,
  name: Schema.String,
  address: Schema.String
}) {}

export class CustomerAddressChanged
  extends Event.make("CustomerAddressChanged", { customerId: CustomerId, address: Schema.String })
{}

/** The account is closed: nothing more is ordered, and what isn't paid yet is cancelled. */
export class CustomerGone extends Event.make("CustomerGone", { customerId: CustomerId }) {}

export class Customers extends ExtensionPoint.make("Customers.Customers", {
  version: "1.0.0",
  events: [CustomerJoined, CustomerAddressChanged, CustomerGone],
  connect: ["Ordering"],
  description: "Who has an account, and where things are sent to. Read-only."
}) {}
