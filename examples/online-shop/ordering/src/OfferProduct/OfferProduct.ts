/**
 * What ordering knows of products: name, price and stock. An offer replaces the one before, and its stock is what there is
 * to sell from then on; one that says the same as the last changes nothing.
 */
import * as Event from "@reventless/core/Event"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as OrderingAccess from "../OrderingAccess.ts"

export class ProductOffered extends Event.make("ProductOffered", {
  productId: ProductId,
  name: Schema.String,
  price: Money,
  stock: Schema.Int
}) {}

export class OfferProduct extends StateChangeSlice.make("OfferProduct", {
  command: {
    productId: ProductId,
    name: Schema.NonEmptyString,
    price: Money,
    stock: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
  },
  consumes: [ProductOffered],
  produces: [ProductOffered],
  access: OrderingAccess.manage,
  description: "Offers a product at a price, or changes its offer; says how many there are to sell."
}) {}
