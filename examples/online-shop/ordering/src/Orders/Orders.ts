import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { OrderCancelled, OrderDelivered, OrderPaid, OrderPlaced, OrderShipped } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class Orders extends StateViewSlice.make("Orders", {
  row: {
    orderId: OrderId,
    customerId: CustomerId,
    productId: ProductId,
    product: Schema.String,
    quantity: Schema.Int,
    total: Money,
    recipient: Schema.String,
    address: Schema.String,
    status: Schema.Literals(["placed", "paid", "shipped", "delivered", "cancelled"]),
    /** By which the carrier finds it, once it is shipped. */
    trackingCode: Schema.optionalKey(Schema.String)
  },
  key: "orderId",
  consumes: [OrderPlaced, OrderPaid, OrderCancelled, OrderShipped, OrderDelivered],
  indexes: { byCustomer: ["customerId", "status"], byStatus: ["status"] },
  access: OrderingAccess.own,
  description: "Every order with its state, by customer or by state."
}) {}
