import type { CategoryId } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import { ProductIsRetired, ProductUnknown } from "../ProductErrors.ts"
import { ProductRenamed } from "../ProductEvents.ts"
import { RenameProduct } from "./RenameProduct.ts"

type Product =
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "OnSale"; readonly categoryIds: ReadonlyArray<CategoryId>; readonly name: string }
  | { readonly _tag: "Retired" }

export const RenameProductLive = RenameProduct.behavior({
  initial: { _tag: "Unknown" } as Product,
  evolve: {
    ProductAdded: (_, { categoryIds, name }) => ({ _tag: "OnSale", categoryIds, name }),
    ProductRenamed: (_, { categoryIds, name }) => ({ _tag: "OnSale", categoryIds, name }),
    ProductRetired: () => ({ _tag: "Retired" })
  },
  decide: (command, product) => {
    switch (product._tag) {
      case "Unknown":
        return Effect.fail(new ProductUnknown(command))
      case "Retired":
        return Effect.fail(new ProductIsRetired(command))
      case "OnSale":
        return Effect.succeed(product.name === command.name ? [] : [ProductRenamed.make({ ...product, ...command })])
    }
  }
})
