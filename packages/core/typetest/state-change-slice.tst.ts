import { CommandBus } from "@reventless/core/CommandBus"
import { EventStore } from "@reventless/core/EventStore"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Scheduler } from "@reventless/core/Scheduler"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { ViewStores } from "@reventless/core/ViewStore"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "tstyche"
import {
  AddProduct,
  CategoryExists,
  CategoryId,
  ChangePrice,
  PriceChanged,
  PriceList,
  ProductAdded,
  ProductId,
  ProductUnknown
} from "../test/fixtures/catalog.ts"

const evolve = { ProductAdded: (n: number) => n, PriceChanged: (n: number) => n }
const nothing = () => Effect.succeed([])

describe("the behaviour of a slice", () => {
  test("shows the services of its decision, of every branch", () => {
    const behavior = ChangePrice.behavior({
      initial: 0,
      evolve,
      decide: (command, state) =>
        state === 0
          ? Effect.as(PriceList, [PriceChanged.make(command)])
          : Effect.fail(new ProductUnknown({ productId: command.productId }))
    })
    expect(behavior).type.toBe<StateChangeSlice.Behavior<"ChangePrice", PriceList, typeof ChangePrice>>()
  })

  test("misses an event in `evolve`", () => {
    expect(ChangePrice.behavior({ initial: 0, evolve: { ProductAdded: (n) => n }, decide: nothing })).type.toRaiseError(
      "Property 'PriceChanged' is missing in type '{ ProductAdded: (n: number) => number; }' but required in type 'Evolve<number, typeof ProductAdded | typeof PriceChanged>'."
    )
  })

  test("evolves by an event that the slice doesn't consume", () => {
    expect(
      ChangePrice.behavior({ initial: 0, evolve: { ...evolve, CategoryCreated: (n: number) => n }, decide: nothing })
    ).type.toRaiseError("Property '\"'CategoryCreated' is not one of the declared events\"' is missing")
  })

  test("evolves to another state", () => {
    expect(
      ChangePrice.behavior({
        initial: { n: 0 },
        evolve: { ...evolve, ProductAdded: () => ({ m: 1 }) },
        decide: nothing
      })
    ).type.toRaiseError(
      "Type '() => { m: 1; }' is not assignable to type '(state: { n: number; }, event: ProductAdded) => { n: number; }'."
    )
  })

  test("keeps the tag of a state that a handler without parameters returns", () => {
    type Product = { readonly _tag: "Absent" } | { readonly _tag: "Listed"; readonly n: number } | {
      readonly _tag: "Gone"
    }
    const initial = { _tag: "Absent" } as Product
    expect(
      ChangePrice.behavior({
        initial,
        evolve: {
          ProductAdded: (_, { price }) => ({ _tag: "Listed", n: price.amount }),
          PriceChanged: () => ({ _tag: "Gone" })
        },
        decide: nothing
      })
    ).type.toBe<StateChangeSlice.Behavior<"ChangePrice", never, typeof ChangePrice>>()
    expect(
      ChangePrice.behavior({
        initial,
        evolve: { ProductAdded: () => ({ _tag: "Absent" }), PriceChanged: () => ({ _tag: "Nope" }) },
        decide: nothing
      })
    ).type.toRaiseError("is not assignable to type '(state: Product, event: PriceChanged) => Product'.")
    expect(
      ChangePrice.behavior({
        initial,
        evolve: { ProductAdded: () => ({ _tag: "Listed" }), PriceChanged: () => ({ _tag: "Gone" }) },
        decide: nothing
      })
    ).type.toRaiseError("is not assignable to type '(state: Product, event: ProductAdded) => Product'.")
  })

  test("keeps the literals of a state that a handler without parameters returns", () => {
    expect(
      ChangePrice.behavior({
        initial: "absent" as "absent" | "listed" | "gone",
        evolve: { ProductAdded: () => "listed", PriceChanged: () => "gone" },
        decide: nothing
      })
    ).type.toBe<StateChangeSlice.Behavior<"ChangePrice", never, typeof ChangePrice>>()
    expect(
      ChangePrice.behavior({
        initial: { status: "absent" } as { readonly status: "absent" | "listed" },
        evolve: { ProductAdded: () => ({ status: "listed" }), PriceChanged: () => ({ status: "gone" }) },
        decide: nothing
      })
    ).type.toRaiseError(
      "is not assignable to type '(state: { readonly status: \"absent\" | \"listed\"; }, event: PriceChanged)"
    )
  })

  test("makes an event that the slice doesn't produce", () => {
    expect(
      ChangePrice.behavior({
        initial: 0,
        evolve,
        decide: ({ price, productId }) =>
          Effect.succeed([ProductAdded.make({ productId, price, name: "x", categoryIds: [] })])
      })
    ).type.toRaiseError(
      "Type 'Effect<ProductAdded[], never, never>' is not assignable to type 'Decision<PriceChanged, ProductUnknown>'"
    )
  })

  test("fails with an error that the slice doesn't declare", () => {
    expect(
      ChangePrice.behavior({
        initial: 0,
        evolve,
        decide: () => Effect.fail(new CategoryExists({ categoryId: CategoryId.make("a") }))
      })
    ).type.toRaiseError(
      "Type 'Effect<never, CategoryExists, never>' is not assignable to type 'Decision<PriceChanged, ProductUnknown>'"
    )
  })

  test("decides without an Effect", () => {
    expect(ChangePrice.behavior({ initial: 0, evolve, decide: () => [] })).type.toRaiseError(
      "Type 'never[]' is missing the following properties from type 'Effect<readonly PriceChanged[], ProductUnknown, any>'"
    )
  })
})

describe("`decide` is refused, with a sentence, when it uses", () => {
  test("the command bus", () => {
    expect(ChangePrice.behavior({ initial: 0, evolve, decide: () => Effect.as(CommandBus, []) })).type.toRaiseError(
      "Property '\"decide may not use EventStore, CommandBus, QueryEngine or Scheduler\"' is missing"
    )
  })

  test("the query engine in one of two branches", () => {
    expect(
      ChangePrice.behavior({
        initial: 0,
        evolve,
        decide: (_, n) => n === 0 ? Effect.as(QueryEngine, []) : Effect.as(PriceList, [])
      })
    ).type.toRaiseError("readonly \"decide may not use EventStore, CommandBus, QueryEngine or Scheduler\": never")
  })

  test("the event store in a generator", () => {
    expect(
      ChangePrice.behavior({
        initial: 0,
        evolve,
        decide: Effect.fn(function*() {
          yield* EventStore
          return []
        })
      })
    ).type.toRaiseError("Property '\"decide may not use EventStore, CommandBus, QueryEngine or Scheduler\"' is missing")
  })

  test("the scheduler, or a store behind the platform", () => {
    expect(ChangePrice.behavior({ initial: 0, evolve, decide: () => Effect.as(Scheduler, []) })).type.toRaiseError(
      "decide may not use EventStore, CommandBus, QueryEngine or Scheduler"
    )
    expect(ChangePrice.behavior({ initial: 0, evolve, decide: () => Effect.as(ViewStores, []) })).type.toRaiseError(
      "decide may not use EventStore, CommandBus, QueryEngine or Scheduler"
    )
  })
})

describe("the query of a slice", () => {
  const fields = { productId: ProductId }

  test("names a field that the command doesn't have", () => {
    expect(StateChangeSlice.make("Slice", {
      command: fields,
      consumes: [ProductAdded],
      produces: [],
      query: [{ types: [ProductAdded], by: ["nope"] }]
    })).type.toRaiseError("Type '\"nope\"' is not assignable to type '\"productId\" | `productId.${string}`'.")
  })

  test("names an event that the slice doesn't consume", () => {
    expect(StateChangeSlice.make("Slice", {
      command: fields,
      consumes: [ProductAdded],
      produces: [],
      query: [{ types: [PriceChanged], by: ["productId"] }]
    })).type.toRaiseError("Type 'typeof PriceChanged' is not assignable to type 'typeof ProductAdded'.")
  })
})

test("an event given as a definition is not an event", () => {
  expect(
    AddProduct.behavior({
      initial: 0,
      evolve: { ProductAdded: (n) => n, CategoryCreated: (n) => n },
      decide: () => Effect.succeed([ProductAdded])
    })
  ).type.toRaiseError("Type 'Effect<(typeof ProductAdded)[], never, never>' is not assignable")
})
