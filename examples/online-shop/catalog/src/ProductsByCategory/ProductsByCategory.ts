import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { CategoryId, Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"
import { PriceChanged, ProductAdded, ProductRenamed, ProductRetired } from "../ProductEvents.ts"

export class ProductsByCategory extends StateViewSlice.make("ProductsByCategory", {
  row: { categoryId: CategoryId, productId: ProductId, name: Schema.String, price: Money },
  key: "categoryId",
  sort: "productId",
  consumes: [ProductAdded, ProductRenamed, PriceChanged, ProductRetired],
  indexes: { byName: ["categoryId", "name"], byPrice: ["categoryId", "price.amount"] },
  access: CatalogAccess.read,
  description: "What is on sale in a category, by name or by price."
}) {}
