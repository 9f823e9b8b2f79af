import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"
import {
  Category,
  CategoryCreated,
  CategoryExists,
  CategoryId,
  PriceChanged,
  PriceList,
  ProductId
} from "../test/fixtures/catalog.ts"

const evolve = { CategoryCreated: (n: number) => n }
const nothing = () => Effect.succeed([])

describe("the behaviour of an aggregate", () => {
  test("shows the services of all its decisions", () => {
    const behavior = Category.behavior({
      initial: 0,
      evolve,
      decide: { CreateCategory: () => Effect.as(PriceList, []), Touch: nothing }
    })
    expect(behavior).type.toBe<Aggregate.Behavior<"Category", PriceList, typeof Category>>()
  })

  test("misses an event in `evolve`", () => {
    expect(Category.behavior({ initial: 0, evolve: {}, decide: { CreateCategory: nothing, Touch: nothing } })).type
      .toRaiseError(
        "Property 'CategoryCreated' is missing in type '{}' but required in type 'Evolve<number, typeof CategoryCreated>'."
      )
  })

  test("misses a command in `decide`", () => {
    expect(Category.behavior({ initial: 0, evolve, decide: { Touch: nothing } })).type.toRaiseError(
      "Property 'CreateCategory' is missing in type '{ Touch: () => Effect.Effect<never[], never, never>; }' but required in type 'Decide<number, "
    )
  })

  test("evolves by an event, or decides on a command, that is none of its own", () => {
    expect(
      Category.behavior({
        initial: 0,
        evolve: { ...evolve, Nope: (n: number) => n },
        decide: { CreateCategory: nothing, Touch: nothing }
      })
    ).type.toRaiseError("Property '\"'Nope' is not one of the declared events\"' is missing")
    expect(
      Category.behavior({ initial: 0, evolve, decide: { CreateCategory: nothing, Touch: nothing, Nope: nothing } })
    ).type.toRaiseError("Property '\"'Nope' is not one of the declared commands\"' is missing")
  })

  test("makes an event that is none of its own", () => {
    const changed = PriceChanged.make({ productId: ProductId.make("p"), price: { amount: 1, currency: "EUR" } })
    expect(
      Category.behavior({
        initial: 0,
        evolve,
        decide: { CreateCategory: () => Effect.succeed([changed]), Touch: nothing }
      })
    ).type.toRaiseError(
      "Type 'Effect<PriceChanged[], never, never>' is not assignable to type 'Decision<CategoryCreated, CategoryExists>'"
    )
  })

  test("fails with an error of another command", () => {
    expect(
      Category.behavior({
        initial: 0,
        evolve,
        decide: { CreateCategory: nothing, Touch: (command) => Effect.fail(new CategoryExists(command)) }
      })
    ).type.toRaiseError(
      "Type 'Effect<never, CategoryExists, never>' is not assignable to type 'Decision<CategoryCreated, never>'"
    )
  })

  test("uses in one decision what no decision may use", () => {
    expect(
      Category.behavior({
        initial: 0,
        evolve,
        decide: { CreateCategory: nothing, Touch: () => Effect.as(QueryEngine, []) }
      })
    ).type.toRaiseError("Property '\"decide may not use EventStore, CommandBus, QueryEngine or Scheduler\"' is missing")
    expect(
      Category.behavior({
        initial: 0,
        evolve,
        decide: {
          CreateCategory: Effect.fn(function*(command) {
            yield* PriceList
            yield* CommandBus
            return [CategoryCreated.make(command)]
          }),
          Touch: nothing
        }
      })
    ).type.toRaiseError("Property '\"decide may not use EventStore, CommandBus, QueryEngine or Scheduler\"' is missing")
  })
})

describe("the definition of an aggregate", () => {
  test("has a command without the aggregate's id, beside one that has it", () => {
    expect(
      Aggregate.make("Category", {
        id: CategoryId,
        commands: [Command.make("Good", { categoryId: CategoryId }), Command.make("Bad", { name: Schema.String })],
        events: [CategoryCreated]
      })
    ).type.toRaiseError("Property '\"command 'Bad' has no field of the aggregate's id\"' is missing")
  })

  test("has a command with an id of another kind", () => {
    expect(
      Aggregate.make("Category", {
        id: CategoryId,
        commands: [Command.make("Bad", { productId: ProductId })],
        events: [CategoryCreated]
      })
    ).type.toRaiseError("Property '\"command 'Bad' has no field of the aggregate's id\"' is missing")
  })

  test("has no command of that name", () => {
    expect(Category.commands).type.toHaveProperty("CreateCategory")
    expect(Category.commands).type.not.toHaveProperty("DeleteCategory")
  })
})
