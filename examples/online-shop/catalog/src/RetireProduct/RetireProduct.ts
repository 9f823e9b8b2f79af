import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { ProductId } from "@reventless/example-catalog-spec"
import * as CatalogAccess from "../CatalogAccess.ts"
import { ProductUnknown } from "../ProductErrors.ts"
import { ProductAdded, ProductRetired } from "../ProductEvents.ts"

export class RetireProduct extends StateChangeSlice.make("RetireProduct", {
  command: { productId: ProductId },
  consumes: [ProductAdded, ProductRetired],
  produces: [ProductRetired],
  errors: [ProductUnknown],
  access: CatalogAccess.write,
  description: "Takes a product off sale, for good."
}) {}
