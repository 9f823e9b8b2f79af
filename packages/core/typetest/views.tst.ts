import * as ReadModel from "@reventless/core/ReadModel"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import type * as View from "@reventless/core/View"
import * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"
import { Cats, Counts, ProductAdded, ProductId, ProductsView, Sorted } from "../test/fixtures/catalog.ts"

const row = { productId: ProductId, name: Schema.String }
const consumes = [ProductAdded]

describe("the definition of a view", () => {
  test("has a key that no row has", () => {
    expect(StateViewSlice.make("View", { row, key: "nope", consumes })).type.toRaiseError(
      "Property '\"the key 'nope' is no field of the row made by Id.make\"' is missing"
    )
    expect(ReadModel.make("View", { row, key: "nope", sources: { Products: consumes } })).type.toRaiseError(
      "Property '\"the key 'nope' is no field of the row made by Id.make\"' is missing"
    )
  })

  test("has a key that is no id", () => {
    expect(StateViewSlice.make("View", { row, key: "name", consumes })).type.toRaiseError(
      "Property '\"the key 'name' is no field of the row made by Id.make\"' is missing"
    )
  })

  test("has an id that no row has", () => {
    expect(StateViewSlice.make("View", { row, id: "nope", consumes })).type.toRaiseError(
      "Property '\"the id 'nope' is no field of the row\"' is missing"
    )
  })

  test("has a sort key that no row has", () => {
    expect(StateViewSlice.make("View", { row, key: "productId", sort: "nope", consumes })).type.toRaiseError(
      "Property '\"the sort key 'nope' is no field of the row\"' is missing"
    )
  })

  test("has an index by a field that no row has", () => {
    expect(StateViewSlice.make("View", { row, key: "productId", indexes: { byX: ["nope"] }, consumes })).type
      .toRaiseError("Type '\"nope\"' is not assignable to type 'IndexField<")
  })

  test("has both a key and an id, or an order although it has a key", () => {
    expect(StateViewSlice.make("View", { row, key: "productId", id: "name", consumes })).type.toRaiseError(
      "Type 'string' is not assignable to type 'never'"
    )
    expect(StateViewSlice.make("View", { row, key: "productId", order: "total", consumes })).type.toRaiseError(
      "Type 'string' is not assignable to type 'never'"
    )
  })

  test("has a field that no view knows", () => {
    expect(StateViewSlice.make("View", { row, key: "productId", indices: {}, consumes })).type.toRaiseError(
      "'indices' does not exist in type"
    )
  })

  test("knows its names only", () => {
    expect(
      StateViewSlice.make("View", { row, key: "productId", sort: "name", indexes: { byName: ["name"] }, consumes })
    ).type.toBeAssignableTo<
      View.View<typeof row, View.Naming<"productId", undefined, "name", undefined, "byName">, false>
    >()
  })

  test("doesn't say what names its rows", () => {
    expect(StateViewSlice.make("View", { row, consumes })).type.toRaiseError("Property 'id' is missing")
  })
})

describe("the projection of a view", () => {
  test("misses an event", () => {
    expect(
      ProductsView.projection((rows) => ({
        ProductAdded: ({ name, price, productId }) => rows.set({ productId, name, price })
      }))
    ).type.toRaiseError(
      "Property 'PriceChanged' is missing in type '{ ProductAdded: ({ name, price, productId }: ProductAdded) => "
    )
  })

  test("handles an event that the view doesn't consume", () => {
    expect(
      ProductsView.projection((rows) => ({
        ProductAdded: () => rows.ignore,
        PriceChanged: () => rows.ignore,
        Nope: () => rows.ignore
      }))
    ).type.toRaiseError("Property '\"'Nope' is not one of the declared events\"' is missing")
  })

  test("replaces rows of a view without a key", () => {
    expect(Counts.projection((rows) => ({ ProductAdded: ({ name }) => rows.set({ name, count: 1 }) }))).type
      .toRaiseError(
        "Property 'set' does not exist on type 'CommutingRows<{ readonly name: string; readonly count: number; }, string>'."
      )
  })

  test("adds to a field that is no number", () => {
    expect(Counts.projection((rows) => ({ ProductAdded: ({ name }) => rows.add(name, { name: 1 }) }))).type
      .toRaiseError("'name' does not exist in type '{ readonly count?: number; }'.")
  })

  test("names a row by an id of another kind", () => {
    expect(
      ProductsView.projection((rows) => ({
        ProductAdded: ({ categoryIds: [first] }) => rows.remove(first!),
        PriceChanged: () => rows.ignore
      }))
    ).type.toRaiseError(
      "Argument of type 'string & Brand<\"category\">' is not assignable to parameter of type 'string & Brand<\"product\">'."
    )
  })

  test("leaves out the sort key of a row", () => {
    expect(
      Sorted.projection((rows) => ({ ProductAdded: ({ categoryIds: [first] }) => rows.remove(first!) }))
    ).type.toRaiseError("is not assignable to parameter of type 'readonly [key: ")
  })

  test("writes a row of another shape", () => {
    expect(
      Counts.projection((rows) => ({ ProductAdded: ({ name }) => rows.insert({ name, count: "1" }) }))
    ).type.toRaiseError("Type 'string' is not assignable to type 'number'.")
  })
})

describe("the projections of a read model", () => {
  test("miss a source", () => {
    expect(Cats.projections((rows) => ({ Category: { CategoryCreated: () => rows.ignore } }))).type.toRaiseError(
      "Property 'AddProduct' is missing in type '{ Category: { CategoryCreated: () => readonly []; }; }'"
    )
  })

  test("miss an event of a source", () => {
    expect(Cats.projections((rows) => ({ Category: {}, AddProduct: { ProductAdded: () => rows.ignore } }))).type
      .toRaiseError("Property 'CategoryCreated' is missing in type '{}'")
  })

  test("handle an event that the source doesn't have, or a source that there isn't", () => {
    expect(
      Cats.projections((rows) => ({
        Category: { CategoryCreated: () => rows.ignore, Nope: () => rows.ignore },
        AddProduct: { ProductAdded: () => rows.ignore }
      }))
    ).type.toRaiseError("Property '\"'Nope' is not one of the declared events\"' is missing")
    expect(
      Cats.projections((rows) => ({
        Category: { CategoryCreated: () => rows.ignore },
        AddProduct: { ProductAdded: () => rows.ignore },
        Nope: {}
      }))
    ).type.toRaiseError("Property '\"'Nope' is not one of the declared sources\"' is missing")
  })
})
