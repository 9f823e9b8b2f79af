import type { CategoryId } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import { ProductUnknown } from "../ProductErrors.ts"
import { ProductRetired } from "../ProductEvents.ts"
import { RetireProduct } from "./RetireProduct.ts"

type Product =
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "OnSale"; readonly categoryIds: ReadonlyArray<CategoryId> }
  | { readonly _tag: "Retired" }

export const RetireProductLive = RetireProduct.behavior({
  initial: { _tag: "Unknown" } as Product,
  evolve: {
    ProductAdded: (_, { categoryIds }) => ({ _tag: "OnSale", categoryIds }),
    ProductRetired: () => ({ _tag: "Retired" })
  },
  decide: (command, product) => {
    switch (product._tag) {
      case "Unknown":
        return Effect.fail(new ProductUnknown(command))
      case "Retired":
        return Effect.succeed([])
      case "OnSale":
        return Effect.succeed([ProductRetired.make({ ...product, ...command })])
    }
  }
})
