/** A read model, because it tells of customers and of their orders. */
import * as ReadModel from "@reventless/core/ReadModel"
import * as Schema from "effect/Schema"
import { CancelOrder } from "../CancelOrder/CancelOrder.ts"
import { Customer } from "../Customer/Customer.ts"
import { CustomerId } from "../ids.ts"
import * as OrderingAccess from "../OrderingAccess.ts"
import { PlaceOrder } from "../PlaceOrder/PlaceOrder.ts"

export class Customers extends ReadModel.make("Customers", {
  row: {
    customerId: CustomerId,
    name: Schema.String,
    email: Schema.String,
    address: Schema.String,
    orders: Schema.Int
  },
  key: "customerId",
  sources: { Customer, PlaceOrder, CancelOrder },
  indexes: { byName: ["name"] },
  access: OrderingAccess.manage,
  description: "Every customer with an account, and how many orders weren't cancelled."
}) {}
