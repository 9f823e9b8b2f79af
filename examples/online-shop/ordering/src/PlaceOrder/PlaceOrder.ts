/**
 * A slice, because the decision spans entities: the product with what is left of it, the customer, and the order's number.
 * Two who want the last piece don't both get it; orders of different products don't wait for each other.
 */
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import {
  CustomerClosed,
  CustomerEmailChanged,
  CustomerMoved,
  CustomerRegistered,
  CustomerUnknown
} from "../Customer/Customer.ts"
import { CustomerId, OrderId } from "../ids.ts"
import { ProductOffered } from "../OfferProduct/OfferProduct.ts"
import { OrderCancelled, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class OrderExists extends Schema.TaggedError<OrderExists>()("OrderExists", { orderId: OrderId }) {
  override get message(): string {
    return `The order '${this.orderId}' was placed already. Choose another 'orderId' for another order.`
  }
}

export class ProductNotOffered
  extends Schema.TaggedError<ProductNotOffered>()("ProductNotOffered", { productId: ProductId }, { httpApiStatus: 404 })
{
  override get message(): string {
    return `The product '${this.productId}' isn't on offer.`
  }
}

export class OutOfStock
  extends Schema.TaggedError<OutOfStock>()("OutOfStock", { productId: ProductId, left: Schema.Int })
{
  override get message(): string {
    return `Of the product '${this.productId}' ${this.left} are left. Order fewer.`
  }
}

export class PlaceOrder extends StateChangeSlice.make("PlaceOrder", {
  command: {
    orderId: OrderId,
    customerId: CustomerId,
    productId: ProductId,
    quantity: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))
  },
  consumes: [
    ProductOffered,
    OrderPlaced,
    OrderCancelled,
    CustomerRegistered,
    CustomerMoved,
    CustomerEmailChanged,
    CustomerClosed
  ],
  query: [
    { types: [ProductOffered, OrderPlaced, OrderCancelled], by: ["productId"] },
    { types: [CustomerRegistered, CustomerMoved, CustomerEmailChanged, CustomerClosed], by: ["customerId"] },
    { types: [OrderPlaced], by: ["orderId"] }
  ],
  produces: [OrderPlaced],
  errors: [OrderExists, ProductNotOffered, CustomerUnknown, OutOfStock],
  access: OrderingAccess.shop,
  description: "Orders some of a product at the price of its offer, while there are enough left."
}) {}
