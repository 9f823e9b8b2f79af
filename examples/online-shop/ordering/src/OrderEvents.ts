/**
 * What happens to orders. Each event names the order's customer and product too: decisions about a product's stock and
 * views of a customer read the same events.
 */
import * as Event from "@reventless/core/Event"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"

const order = { orderId: OrderId, customerId: CustomerId, productId: ProductId }

/** With what the product and the recipient were called, and where they lived, when it was placed. */
export class OrderPlaced extends Event.make("OrderPlaced", {
  ...order,
  quantity: Schema.Int,
  total: Money,
  product: Schema.String,
  recipient: Schema.String,
  address: Schema.String
}) {}

export class OrderPaid extends Event.make("OrderPaid", { ...order, paymentId: Schema.String, amount: Money }) {}

/** The goods are back in stock. */
export class OrderCancelled extends Event.make("OrderCancelled", {
  ...order,
  quantity: Schema.Int,
  reason: Schema.Literals(["by customer", "unpaid", "customer left"])
}) {}

export class BuyerReminded extends Event.make("BuyerReminded", { ...order, product: Schema.String }) {}

export class OrderShipped extends Event.make("OrderShipped", { ...order, trackingCode: Schema.String }) {}

export class OrderDelivered extends Event.make("OrderDelivered", order) {}
