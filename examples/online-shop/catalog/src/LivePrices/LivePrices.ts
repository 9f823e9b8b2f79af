import * as StateViewSliceStream from "@reventless/core/StateViewSliceStream"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import * as CatalogAccess from "../CatalogAccess.ts"
import { PriceChanged, ProductAdded, ProductRetired } from "../ProductEvents.ts"

export class LivePrices extends StateViewSliceStream.make("LivePrices", {
  row: { productId: ProductId, price: Money },
  key: "productId",
  consumes: [ProductAdded, PriceChanged, ProductRetired],
  access: CatalogAccess.read,
  description: "The prices of what is on sale, to be watched as they change."
}) {}
