/**
 * What happens to orders. Each event names the order's customer and product too: decisions about a product's stock and
 * views of a customer read the same events.
 */
import * as Event from "@reventless/core/Event"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import { CustomerId, OrderId } from "./ids.ts"

const order = { orderId: OrderId, customerId: CustomerId, productId: ProductId }

/** With everything that whoever packs it and whoever writes to the customer needs to know. */
export class OrderPlaced extends Event.make("OrderPlaced", {
  ...order,
  quantity: Schema.Int,
  total: Money,
  product: Schema.String,
  email: Schema.String,
  address: Schema.String
}) {}

export class OrderPaid extends Event.make("OrderPaid", { ...order, paymentId: Schema.String, amount: Money }) {}

/** The goods are back in stock. */
export class OrderCancelled extends Event.make("OrderCancelled", {
  ...order,
  quantity: Schema.Int,
  reason: Schema.Literals(["by customer", "unpaid"])
}) {}

export class OrderShipped extends Event.make("OrderShipped", { ...order, address: Schema.String }) {}
