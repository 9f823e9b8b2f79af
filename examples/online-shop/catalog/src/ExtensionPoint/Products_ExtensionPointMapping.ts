/**
 * How the catalog talks: what happens inside on the left, what others hear on the right. An event of the contract is made
 * from the fields that it has; categories, descriptions and references stay inside because the contract hasn't got them.
 */
import { publishCommand, publishEvent } from "@reventless/core/Action"
import {
  ProductBecameAvailable,
  ProductId,
  ProductNameChanged,
  ProductPriceChanged,
  ProductRestocked,
  Products,
  ProductWithdrawn
} from "@reventless/example-catalog-spec"
import { MoveStock } from "../MoveStock/MoveStock.ts"
import { PriceChanged, ProductAdded, ProductRenamed, ProductRetired, StockDelivered } from "../ProductEvents.ts"

export const ProductsMappingLive = Products.mapping({
  // What is sold elsewhere isn't published: who sold it knows, and nobody else asked.
  from: [ProductAdded, ProductRenamed, PriceChanged, ProductRetired, StockDelivered],
  key: ProductId,
  outgoing: {
    ProductAdded: (event) => publishEvent(ProductBecameAvailable.make(event)),
    ProductRenamed: (event) => publishEvent(ProductNameChanged.make(event)),
    PriceChanged: (event) => publishEvent(ProductPriceChanged.make(event)),
    ProductRetired: (event) => publishEvent(ProductWithdrawn.make(event)),
    StockDelivered: (event) => publishEvent(ProductRestocked.make(event))
  },
  // Two commands of the contract are one inside: others needn't know, and `MoveStock` decides about both.
  incoming: {
    ReportSold: ({ productId, quantity, reference }) =>
      publishCommand(MoveStock, { productId, by: -quantity, reference }),
    ReportReturned: ({ productId, quantity, reference }) =>
      publishCommand(MoveStock, { productId, by: quantity, reference })
  },
  sends: [MoveStock]
})
