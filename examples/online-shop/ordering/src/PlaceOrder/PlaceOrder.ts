/**
 * A slice, because the decision spans entities: the product with what is left of it, the customer, and the order's number.
 * Two who want the last piece don't both get it; orders of different products don't wait for each other.
 */
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { ProductId } from "@reventless/example-catalog-spec"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { BuyerAdmitted, BuyerDismissed, BuyerMoved } from "../Buyer/Buyer.ts"
import { OfferRenamed, OfferRepriced, OfferStocked, OfferWithdrawn, ProductOffered } from "../Offer/Offer.ts"
import { OrderCancelled, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class OrderExists extends Schema.TaggedError<OrderExists>()("OrderExists", { orderId: OrderId }) {
  override get message(): string {
    return `The order '${this.orderId}' was placed already. Choose another 'orderId' for another order.`
  }
}

export class CustomerUnknown
  extends Schema.TaggedError<CustomerUnknown>()("CustomerUnknown", { customerId: CustomerId }, { httpApiStatus: 404 })
{
  override get message(): string {
    return `There is no customer '${this.customerId}' yet. Register first; after that it takes a moment.`
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
    OfferRenamed,
    OfferRepriced,
    OfferStocked,
    OfferWithdrawn,
    OrderPlaced,
    OrderCancelled,
    BuyerAdmitted,
    BuyerMoved,
    BuyerDismissed
  ],
  query: [
    {
      types: [ProductOffered, OfferRenamed, OfferRepriced, OfferStocked, OfferWithdrawn, OrderPlaced, OrderCancelled],
      by: ["productId"]
    },
    { types: [BuyerAdmitted, BuyerMoved, BuyerDismissed], by: ["customerId"] },
    { types: [OrderPlaced], by: ["orderId"] }
  ],
  produces: [OrderPlaced],
  errors: [OrderExists, ProductNotOffered, CustomerUnknown, OutOfStock],
  access: OrderingAccess.own,
  description: "Orders some of a product at the price of its offer, while there are enough left."
}) {}
