import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"
import { ProductIsRetired, ProductUnknown } from "../ProductErrors.ts"
import { PriceChanged, ProductAdded, ProductRetired } from "../ProductEvents.ts"

export class CurrencyDiffers extends Schema.TaggedError<CurrencyDiffers>()("CurrencyDiffers", {
  productId: ProductId,
  currency: Money.fields.currency
}) {
  override get message(): string {
    return `The product '${this.productId}' is sold in ${this.currency}; its price can't change to another currency.`
  }
}

export class ChangePrice extends StateChangeSlice.make("ChangePrice", {
  command: { productId: ProductId, price: Money },
  consumes: [ProductAdded, PriceChanged, ProductRetired],
  produces: [PriceChanged],
  errors: [ProductUnknown, ProductIsRetired, CurrencyDiffers],
  access: CatalogAccess.write,
  description: "Changes what a product costs; its currency stays."
}) {}
