/**
 * A slice, because the decision spans entities: it holds as long as the product stays unknown and its categories stay
 * open, and nothing else in the catalog gets in its way.
 */
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { CategoryId, Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"
import { CategoryArchived, CategoryCreated, CategoryIsArchived, CategoryUnknown } from "../Category/Category.ts"
import { ProductAdded } from "../ProductEvents.ts"

export class ProductExists extends Schema.TaggedError<ProductExists>()("ProductExists", { productId: ProductId }) {
  override get message(): string {
    return `The product '${this.productId}' exists already.`
  }
}

export class AddProduct extends StateChangeSlice.make("AddProduct", {
  command: {
    productId: ProductId,
    categoryIds: Schema.NonEmptyArray(CategoryId).check(Schema.isUnique(), Schema.isMaxLength(10)),
    name: Schema.NonEmptyString,
    description: Schema.String,
    price: Money
  },
  consumes: [ProductAdded, CategoryCreated, CategoryArchived],
  query: [
    { types: [ProductAdded], by: ["productId"] },
    { types: [CategoryCreated, CategoryArchived], by: ["categoryIds"] }
  ],
  produces: [ProductAdded],
  errors: [ProductExists, CategoryUnknown, CategoryIsArchived],
  access: CatalogAccess.write,
  description: "Puts a new product on sale in one or more open categories."
}) {}
