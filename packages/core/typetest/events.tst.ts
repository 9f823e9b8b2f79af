import type * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import type * as View from "@reventless/core/View"
import * as Effect from "effect/Effect"
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

describe("the values of fields", () => {
  const nested = Schema.Struct({ maybe: Schema.optionalKey(Schema.String) })
  const special = {
    maybe: Schema.optionalKey(Schema.String),
    undefinable: Schema.optional(Schema.Int),
    mutable: Schema.mutableKey(Schema.String),
    nested
  }
  const defaulted = { ...fields, count: Schema.Int.pipe(Schema.withConstructorDefault(Effect.succeed(1))) }

  test("are those of a struct, where all are plain", () => {
    expect<Command.TypeOf<{ fields: typeof fields }>>().type.toBe<Schema.Struct<typeof fields>["Type"]>()
    expect<View.RowOf<typeof fields>>().type.toBe<Schema.Struct<typeof fields>["Type"]>()
    expect<Command.TypeOf<{ fields: {} }>>().type.toBe<{}>()
    expect<Command.TypeOf<{ fields: { nested: typeof nested } }>>().type.toBe<
      Schema.Struct<{ nested: typeof nested }>["Type"]
    >()
  })

  test("are those of a struct, where some are optional or mutable", () => {
    expect<Command.TypeOf<{ fields: typeof special }>>().type.toBe<Schema.Struct<typeof special>["Type"]>()
    class Specially extends Event.make("Specially", special) {}
    expect(Specially.make({ mutable: "a", nested: {} })).type.toBe<Specially>()
    expect<Specially["maybe"]>().type.toBe<string | undefined>()
    expect(Specially.make({ nested: {} })).type.toRaiseError("Property 'mutable' is missing")
  })

  test("have defaults where an event is made, and none where it is read", () => {
    class Defaulted extends Event.make("Defaulted", defaulted) {}
    expect(Defaulted.make({ productId: ProductId.make("p"), name: "a" })).type.toBe<Defaulted>()
    expect<Defaulted["count"]>().type.toBe<number>()
    expect<Command.TypeOf<{ fields: typeof defaulted }>>().type.toBe<Schema.Struct<typeof defaulted>["Type"]>()
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
