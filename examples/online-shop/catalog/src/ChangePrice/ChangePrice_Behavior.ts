import type { CategoryId, Money } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import { ProductIsRetired, ProductUnknown } from "../ProductErrors.ts"
import { PriceChanged } from "../ProductEvents.ts"
import { ChangePrice, CurrencyDiffers } from "./ChangePrice.ts"

type Product =
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "OnSale"; readonly categoryIds: ReadonlyArray<CategoryId>; readonly price: Money }
  | { readonly _tag: "Retired" }

export const ChangePriceLive = ChangePrice.behavior({
  initial: { _tag: "Unknown" } as Product,
  evolve: {
    ProductAdded: (_, { categoryIds, price }) => ({ _tag: "OnSale", categoryIds, price }),
    PriceChanged: (_, { categoryIds, price }) => ({ _tag: "OnSale", categoryIds, price }),
    ProductRetired: () => ({ _tag: "Retired" })
  },
  decide: Effect.fn("ChangePrice.decide")(function*({ price, productId }, product) {
    if (product._tag === "Unknown") return yield* new ProductUnknown({ productId })
    if (product._tag === "Retired") return yield* new ProductIsRetired({ productId })
    const { amount, currency } = product.price
    if (price.currency !== currency) return yield* new CurrencyDiffers({ productId, currency })
    if (price.amount === amount) return []
    return [PriceChanged.make({ productId, categoryIds: product.categoryIds, price })]
  })
})
