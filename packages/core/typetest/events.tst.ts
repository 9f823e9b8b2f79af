import * as Event from "@reventless/core/Event"
import * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"
import { CategoryCreated, CategoryId, ProductId } from "../test/fixtures/catalog.ts"

const fields = { productId: ProductId, name: Schema.String }

describe("an event", () => {
  test("is a plain value with its name", () => {
    const event = CategoryCreated.make({ categoryId: CategoryId.make("a"), name: "A" })
    expect(event).type.toBe<CategoryCreated>()
    expect(event._tag).type.toBe<"CategoryCreated">()
  })

  test("has an id of another kind", () => {
    expect(CategoryCreated.make({ categoryId: ProductId.make("p"), name: "A" })).type.toRaiseError(
      "Type 'string & Brand<\"product\">' is not assignable to type 'string & Brand<\"category\">'."
    )
  })

  test("has an id that is any text", () => {
    expect(CategoryCreated.make({ categoryId: "a", name: "A" })).type.toRaiseError(
      "Type 'string' is not assignable to type 'string & Brand<\"category\">'."
    )
  })
})

describe("the upcast of an older version", () => {
  test("gives the current fields", () => {
    expect(Event.make("Renamed", fields, {
      version: 2,
      upcasts: {
        1: Event.upcast({ productId: ProductId, title: Schema.String }, ({ productId, title }) => ({
          productId,
          name: title
        }))
      }
    })).type.toBe<Event.Event<"Renamed", typeof fields>>()
  })

  test("misses a field", () => {
    expect(Event.make("Renamed", fields, {
      version: 2,
      upcasts: {
        1: Event.upcast({ productId: ProductId, title: Schema.String }, ({ productId, title }) => ({
          productId,
          title
        }))
      }
    })).type.toRaiseError(
      "Property 'name' is missing in type '{ productId: string & Brand<\"product\">; title: string; }' but required in type '{ readonly productId: string & Brand<\"product\">; readonly name: string; }'."
    )
  })

  test("gives a field another type", () => {
    expect(Event.make("Renamed", fields, {
      version: 2,
      upcasts: {
        1: Event.upcast({ productId: ProductId, title: Schema.Int }, ({ productId, title }) => ({
          productId,
          name: title
        }))
      }
    })).type.toRaiseError(
      "Types of property 'name' are incompatible.\nType 'number' is not assignable to type 'string'."
    )
  })
})
