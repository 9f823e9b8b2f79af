import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"
import { ProductAdded, StockDelivered, StockMoved } from "../ProductEvents.ts"

export class Stock extends StateViewSlice.make("Stock", {
  row: { productId: ProductId, delivered: Schema.Int, sold: Schema.Int, left: Schema.Int },
  key: "productId",
  consumes: [ProductAdded, StockDelivered, StockMoved],
  indexes: { byLeft: ["left"] },
  access: CatalogAccess.read,
  description: "How many of each product there are, as far as those who sell them have reported."
}) {}
