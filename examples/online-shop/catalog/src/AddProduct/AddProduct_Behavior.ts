import type { CategoryId } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import { CategoryIsArchived, CategoryUnknown } from "../Category/Category.ts"
import { ProductAdded } from "../ProductEvents.ts"
import { AddProduct, ProductExists } from "./AddProduct.ts"

interface State {
  readonly exists: boolean
  readonly categories: { readonly [id: CategoryId]: "open" | "archived" }
}

export const AddProductLive = AddProduct.behavior({
  initial: { exists: false, categories: {} } as State,
  evolve: {
    ProductAdded: (state) => ({ ...state, exists: true }),
    CategoryCreated: (state, { categoryId }) => ({
      ...state,
      categories: { ...state.categories, [categoryId]: "open" }
    }),
    CategoryArchived: (state, { categoryId }) => ({
      ...state,
      categories: { ...state.categories, [categoryId]: "archived" }
    })
  },
  decide: Effect.fn("AddProduct.decide")(function*(command, { categories, exists }) {
    if (exists) return yield* new ProductExists(command)
    for (const categoryId of command.categoryIds) {
      if (categories[categoryId] === undefined) return yield* new CategoryUnknown({ categoryId })
      if (categories[categoryId] === "archived") return yield* new CategoryIsArchived({ categoryId })
    }
    return [ProductAdded.make(command)]
  })
})
