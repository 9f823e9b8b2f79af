import { assert, describe, it } from "@effect/vitest"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Spec from "@reventless/testing/Spec"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  CategoryCreated,
  CategoryId,
  CategoryOverviewLive,
  CategoryRenamed,
  CurrenciesLive,
  kettle,
  lamp,
  PriceChanged,
  ProductAdded,
  ProductId,
  ProductRetired,
  ProductsByCategoryLive,
  ProductsLive
} from "./fixtures/catalog.ts"

const kitchen = CategoryId.make("kitchen")
const home = CategoryId.make("home")
const row = ({ name, price, productId }: typeof kettle | typeof lamp) => ({ productId, name, price })
const cheaper = PriceChanged.make({ productId: kettle.productId, price: { amount: 100, currency: "EUR" } })

describe("a view", () => {
  it.effect("has exactly the rows", () =>
    Spec.given(ProductsLive, [ProductAdded.make(kettle), ProductAdded.make(lamp), cheaper]).thenRows([
      row(lamp),
      { ...row(kettle), price: { amount: 100, currency: "EUR" } }
    ]))

  it.effect("has a row, and one no more", () =>
    Effect.gen(function*() {
      const history = Spec.given(ProductsLive, [
        ProductAdded.make(kettle),
        ProductAdded.make(lamp),
        ProductRetired.make({ productId: kettle.productId })
      ])
      yield* history.thenRow(lamp.productId, row(lamp))
      yield* history.thenNoRow(kettle.productId)
    }))

  it.effect("names its rows by key and sort key", () =>
    Spec.given(ProductsByCategoryLive, [ProductAdded.make(lamp)]).thenRow([home, lamp.productId], {
      categoryId: home,
      productId: lamp.productId,
      name: "Lamp"
    }))

  it.effect("without order gives the same rows in every order", () =>
    Spec.given(CurrenciesLive, [ProductAdded.make(kettle), ProductAdded.make(lamp)])
      .thenRows([{ currency: "EUR", products: 2 }]))

  it.effect("of several sources takes the events of all of them", () =>
    Spec.given(CategoryOverviewLive, [
      CategoryCreated.make({ categoryId: kitchen, name: "Kitchen" }),
      ProductAdded.make(kettle),
      CategoryRenamed.make({ categoryId: kitchen, name: "Cooking" }),
      ProductAdded.make(lamp)
    ]).thenRows([{ categoryId: kitchen, name: "Cooking", products: 2 }]))

  it.effect("has no row without events", () => Spec.given(ProductsLive, []).thenRows([]))

  it.effect("takes an event for the row that `rows.set` makes of it", () =>
    Effect.gen(function*() {
      const scored = Scored.make({ playerId: anna, points: 3 })
      yield* Spec.given(LastScoreLive, [scored]).thenRows([scored])
      yield* Spec.given(LastScoreLive, [scored]).thenRow(anna, scored)
      yield* says(
        Spec.given(LastScoreLive, [scored]).thenRows([Scored.make({ playerId: anna, points: 4 })]),
        "LastScore: the rows differ",
        "  row anna",
        "    points  expected 4  received 3"
      )
    }))

  it.effect("has no field that isn't declared, and a row that says so isn't its row", () => {
    const row = { note: "internal", playerId: anna, points: 3 }
    return says(
      Spec.given(LastScoreLive, [Scored.make({ playerId: anna, points: 3 })]).thenRows([row]),
      "LastScore: the rows differ",
      "  row anna",
      "    note  expected \"internal\"  received nothing"
    )
  })
})

const says = (verdict: Spec.Verdict<never>, ...lines: ReadonlyArray<string>) =>
  Effect.map(Effect.flip(verdict), ({ message }) => assert.strictEqual(message, lines.join("\n")))

describe("a wrong expectation says", () => {
  it.effect("which field of which row differs, which row is missing and which one is not expected", () =>
    says(
      Spec.given(ProductsLive, [ProductAdded.make(kettle), ProductAdded.make(lamp)]).thenRows([
        { ...row(kettle), price: { amount: 100, currency: "EUR" } },
        { ...row(kettle), productId: ProductId.make("mug") }
      ]),
      "Products: the rows differ",
      "  row kettle",
      "    price.amount  expected 100  received 4900",
      "  row mug  expected, but not there",
      "    { productId: \"mug\", name: \"Kettle\", price: { amount: 4900, currency: \"EUR\" } }",
      "  row lamp  there, but not expected",
      "    { productId: \"lamp\", name: \"Lamp\", price: { amount: 1900, currency: \"EUR\" } }"
    ))

  it.effect("which rows there are when one is missing", () =>
    says(
      Spec.given(ProductsByCategoryLive, [ProductAdded.make(lamp)])
        .thenRow([kitchen, kettle.productId], { categoryId: kitchen, productId: kettle.productId, name: "Kettle" }),
      "ProductsByCategory: the row differs",
      "  row kitchen / kettle  expected, but not there",
      "    { categoryId: \"kitchen\", productId: \"kettle\", name: \"Kettle\" }",
      "  there is  row home / lamp, row kitchen / lamp"
    ))

  it.effect("which row should be gone", () =>
    says(
      Spec.given(CurrenciesLive, [ProductAdded.make(lamp)]).thenNoRow("EUR"),
      "Currencies: the row differs",
      "  row EUR  there, but not expected",
      "    { currency: \"EUR\", products: 1 }"
    ))

  it.effect("which row is expected twice", () =>
    says(Spec.given(ProductsLive, []).thenRows([row(kettle), row(kettle)]), "Products: row kettle is expected twice"))
})

const PlayerId = Id.make("player")
class Scored extends Event.make("Scored", { playerId: PlayerId, points: Schema.Int }) {}
class Bonus extends Event.make("Bonus", { playerId: PlayerId, atLeast: Schema.Int }) {}
const anna = PlayerId.make("anna")

class LastScore extends StateViewSlice.make("LastScore", {
  row: Scored.fields,
  key: "playerId",
  consumes: [Scored]
}) {}
const LastScoreLive = LastScore.projection((rows) => ({ Scored: (event) => rows.set(event) }))

class Scores extends StateViewSlice.make("Scores", {
  row: { playerId: PlayerId, points: Schema.Int },
  id: "playerId",
  initial: { points: 0 },
  consumes: [Scored, Bonus]
}) {}
const ScoresLive = Scores.projection((rows) => ({
  Scored: ({ playerId, points }) => rows.add(playerId, { points }),
  Bonus: ({ atLeast, playerId }) => rows.max(playerId, { points: atLeast })
}))

class Firsts extends StateViewSlice.make("Firsts", {
  row: { playerId: PlayerId, points: Schema.Int },
  id: "playerId",
  consumes: [Scored]
}) {}
const FirstsLive = Firsts.projection((rows) => ({ Scored: (event) => rows.insert(event) }))

class Totals extends StateViewSlice.make("Totals", {
  row: { playerId: PlayerId, points: Schema.Int },
  key: "playerId",
  consumes: [Scored]
}) {}

describe("a projection that a platform would not run as the test does fails with", () => {
  it.effect("the order in which the rows come out otherwise", () =>
    says(
      Spec.given(ScoresLive, [
        Scored.make({ playerId: anna, points: 3 }),
        Bonus.make({ playerId: anna, atLeast: 10 })
      ]).thenRows([{ playerId: anna, points: 10 }]),
      "Scores: the rows depend on the order of the events, and a view without a key gets none",
      "  shuffled by seed 1: event 2 Bonus, event 1 Scored",
      "  row anna",
      "    points  in the given order 10  here 13"
    ))

  it.effect("the event that can't be applied, and why", () =>
    says(
      Spec.given(FirstsLive, [
        Scored.make({ playerId: anna, points: 3 }),
        Scored.make({ playerId: anna, points: 4 })
      ]).thenRows([{ playerId: anna, points: 3 }]),
      "Firsts: event 2 Scored can't be applied",
      "  it inserts a row whose key another event has inserted with other content"
    ))

  it.effect("the batches on which the rows depend", () => {
    let calls = 0
    const TotalsLive = Totals.projection((rows) => ({
      Scored: ({ playerId }) => rows.update(playerId, (row) => row, { initial: { playerId, points: ++calls } })
    }))
    return says(
      Spec.given(TotalsLive, [Scored.make({ playerId: anna, points: 3 })]).thenRows([{ playerId: anna, points: 1 }]),
      "Totals: the rows depend on how the events are delivered; here one by one",
      "  row anna",
      "    points  all at once 1  here 2"
    )
  })
})
