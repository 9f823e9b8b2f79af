/** Fills a new catalog. */
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { AddProduct, Category, Products } from "@reventless/example-catalog"
import { CategoryId, ProductId } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Progress from "../Progress.ts"
import { categories, type SeedCategory, type SeedProduct } from "./data.ts"

const createCategory = ({ id, name }: SeedCategory) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.send(
      Category.commands.CreateCategory,
      { categoryId: CategoryId.make(id), name },
      { commandId: `seed-category-${id}` }
    ))

const addProduct = ({ alsoIn, category, cents, description, id, name }: SeedProduct & { readonly category: string }) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.send(
      AddProduct,
      {
        productId: ProductId.make(id),
        categoryIds: [CategoryId.make(category), ...alsoIn.map((other) => CategoryId.make(other))],
        name,
        description,
        price: { amount: cents, currency: "EUR" }
      },
      { commandId: `seed-product-${id}` }
    ))

const products = categories.flatMap((category) =>
  category.products.map((product) => ({ ...product, category: category.id }))
)

/**
 * Creates the categories and adds the products, unless that was done before. Each command is remembered by its id, so
 * filling that was stopped midway goes on where it was, and nothing is added twice.
 */
export const seed = Effect.gen(function*() {
  const queries = yield* QueryEngine
  const last = yield* queries.get(Products, ProductId.make(products.at(-1)!.id))
  if (Option.isSome(last)) return
  yield* Progress.forEach("Categories", categories, createCategory)
  yield* Progress.forEach("Products", products, addProduct)
})
