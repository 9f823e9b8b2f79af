import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import { CustomerId, OrderId } from "../ids.ts"
import { OrderCancelled, OrderPaid, OrderPlaced, OrderShipped } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class Orders extends StateViewSlice.make("Orders", {
  row: {
    orderId: OrderId,
    customerId: CustomerId,
    productId: ProductId,
    quantity: Schema.Int,
    total: Money,
    status: Schema.Literals(["placed", "paid", "shipped", "cancelled"])
  },
  key: "orderId",
  consumes: [OrderPlaced, OrderPaid, OrderCancelled, OrderShipped],
  indexes: { byCustomer: ["customerId", "status"], byStatus: ["status"] },
  access: OrderingAccess.shop,
  description: "Every order with its state, by customer or by state."
}) {}
