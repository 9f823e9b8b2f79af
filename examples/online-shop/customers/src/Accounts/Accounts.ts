import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { CustomerId } from "@reventless/example-customers-spec"
import * as Schema from "effect/Schema"
import {
  CustomerClosed,
  CustomerEmailChanged,
  CustomerLeft,
  CustomerMoved,
  CustomerRegistered,
  CustomerStayed
} from "../Customer/Customer.ts"
import * as CustomersAccess from "../CustomersAccess.ts"
import { Email } from "../Email.ts"

export class Accounts extends StateViewSlice.make("Accounts", {
  row: {
    customerId: CustomerId,
    name: Schema.String,
    email: Email,
    address: Schema.String,
    leaves: Schema.Boolean
  },
  key: "customerId",
  consumes: [CustomerRegistered, CustomerMoved, CustomerEmailChanged, CustomerLeft, CustomerStayed, CustomerClosed],
  indexes: { byName: ["name"] },
  access: CustomersAccess.own,
  description: "Every customer with an account, and whether they are about to leave."
}) {}
