import { QueryEngine, type QueryError } from "@reventless/core/QueryEngine"
import type * as QueryEngines from "@reventless/core/QueryEngine"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { describe, expect, test } from "tstyche"
import { CategoryId, Counts, ProductId, ProductsView, Sorted } from "../test/fixtures/catalog.ts"

declare const queries: QueryEngine["Service"]

interface Product {
  readonly productId: typeof ProductId.Type
  readonly name: string
  readonly price: { readonly amount: number; readonly currency: "EUR" | "USD" }
}

describe("a query", () => {
  test("is typed by the view", () => {
    expect(queries.get(ProductsView, ProductId.make("p"))).type.toBe<
      Effect.Effect<Option.Option<Product>, QueryError>
    >()
    expect(queries.list(ProductsView, { index: "byName", where: { name: "x" } })).type.toBe<
      Effect.Effect<QueryEngines.Page<Product>, QueryError>
    >()
  })

  test("names a row by an id of another kind", () => {
    expect(queries.get(ProductsView, CategoryId.make("c"))).type.toRaiseError(
      "Argument of type 'string & Brand<\"category\">' is not assignable to parameter of type 'string & Brand<\"product\">'."
    )
  })

  test("names a row without its sort key", () => {
    expect(queries.get(Sorted, CategoryId.make("c"))).type.toRaiseError(
      "is not assignable to parameter of type 'readonly [key: "
    )
  })

  test("lists by an index that the view doesn't have", () => {
    expect(queries.list(ProductsView, { index: "byColour" })).type.toRaiseError(
      /Type '"byColour"' is not assignable to type '"by(Name|Price)" \| "by(Name|Price)" \| undefined'\./
    )
  })

  test("lists by an index of a view that has none", () => {
    expect(queries.list(Counts, { index: "byColour" })).type.toRaiseError(
      "Type 'string' is not assignable to type 'undefined'."
    )
  })

  test("filters by a field that no row has", () => {
    expect(queries.list(ProductsView, { where: { colour: "red" } })).type.toRaiseError(
      "Object literal may only specify known properties, and 'colour' does not exist in type"
    )
  })

  test("watches a view whose changes aren't published", () => {
    expect(queries.watch(Counts)).type.not.toRaiseError()
    expect(queries.watch(ProductsView)).type.toRaiseError(
      "Property '\"only a StateViewSliceStream or a ReadModelStream can be watched\"' is missing"
    )
  })
})
