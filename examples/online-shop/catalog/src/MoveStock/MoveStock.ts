/**
 * What was sold elsewhere, or came back. Others don't send it: they report to the extension point, whose mapping sends it.
 * It holds for retired products too: what was sold before they were retired is sold. It looks at nothing but the product's
 * existence, so movements of one product don't wait for each other.
 */
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"
import { ProductUnknown } from "../ProductErrors.ts"
import { ProductAdded, StockMoved } from "../ProductEvents.ts"

export class MoveStock extends StateChangeSlice.make("MoveStock", {
  command: { productId: ProductId, by: Schema.Int, reference: Schema.NonEmptyString },
  consumes: [ProductAdded],
  produces: [StockMoved],
  errors: [ProductUnknown],
  access: CatalogAccess.write,
  description: "Takes note of what left the shelf (a negative number) or came back to it."
}) {}
