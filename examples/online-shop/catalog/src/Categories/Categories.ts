/** A read model, because it tells of categories and of products. */
import * as ReadModel from "@reventless/core/ReadModel"
import { CategoryId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import { AddProduct } from "../AddProduct/AddProduct.ts"
import * as CatalogAccess from "../CatalogAccess.ts"
import { Category } from "../Category/Category.ts"
import { RetireProduct } from "../RetireProduct/RetireProduct.ts"

export class Categories extends ReadModel.make("Categories", {
  row: {
    categoryId: CategoryId,
    name: Schema.String,
    archived: Schema.Boolean,
    products: Schema.Int
  },
  key: "categoryId",
  sources: { Category, AddProduct, RetireProduct },
  indexes: { byName: ["name"] },
  access: CatalogAccess.read,
  description: "Every category, with how many products are on sale in it."
}) {}
