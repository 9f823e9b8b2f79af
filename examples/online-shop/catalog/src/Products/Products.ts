import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { CategoryId, Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"
import { PriceChanged, ProductAdded, ProductRenamed, ProductRetired } from "../ProductEvents.ts"

export class Products extends StateViewSlice.make("Products", {
  row: {
    productId: ProductId,
    categoryIds: Schema.Array(CategoryId),
    name: Schema.String,
    description: Schema.String,
    price: Money,
    retired: Schema.Boolean
  },
  key: "productId",
  consumes: [ProductAdded, ProductRenamed, PriceChanged, ProductRetired],
  indexes: { byName: ["name"] },
  access: CatalogAccess.read,
  description: "Every product there ever was, with what a product page shows."
}) {}
