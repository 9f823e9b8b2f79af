/**
 * What happens to products. Each event names the product's categories too, so that views of a category are fed in that
 * category's order.
 */
import * as Event from "@reventless/core/Event"
import { CategoryId, Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"

const product = { productId: ProductId, categoryIds: Schema.Array(CategoryId) }

export class ProductAdded extends Event.make("ProductAdded", {
  ...product,
  name: Schema.String,
  description: Schema.String,
  price: Money
}) {}

export class ProductRenamed extends Event.make("ProductRenamed", { ...product, name: Schema.String }) {}

export class PriceChanged extends Event.make("PriceChanged", { ...product, price: Money }) {}

export class ProductRetired extends Event.make("ProductRetired", product) {}

/** So many more were put on the shelf. */
export class StockDelivered extends Event.make("StockDelivered", { productId: ProductId, count: Schema.Int }) {}

/** So many were put back, or taken when it is negative; the reference says what for. */
export class StockMoved
  extends Event.make("StockMoved", { productId: ProductId, by: Schema.Int, reference: Schema.String })
{}
