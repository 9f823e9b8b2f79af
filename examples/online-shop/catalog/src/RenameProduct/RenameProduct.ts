import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"
import { ProductIsRetired, ProductUnknown } from "../ProductErrors.ts"
import { ProductAdded, ProductRenamed, ProductRetired } from "../ProductEvents.ts"

export class RenameProduct extends StateChangeSlice.make("RenameProduct", {
  command: { productId: ProductId, name: Schema.NonEmptyString },
  consumes: [ProductAdded, ProductRenamed, ProductRetired],
  produces: [ProductRenamed],
  errors: [ProductUnknown, ProductIsRetired],
  access: CatalogAccess.write,
  description: "Gives a product another name."
}) {}
