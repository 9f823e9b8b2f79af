import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"
import { ProductIsRetired, ProductUnknown } from "../ProductErrors.ts"
import { ProductAdded, ProductRetired, StockDelivered } from "../ProductEvents.ts"

export class Restock extends StateChangeSlice.make("Restock", {
  command: { productId: ProductId, count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })) },
  consumes: [ProductAdded, ProductRetired],
  produces: [StockDelivered],
  errors: [ProductUnknown, ProductIsRetired],
  access: CatalogAccess.write,
  description: "Takes a delivery: so many more can be sold."
}) {}
