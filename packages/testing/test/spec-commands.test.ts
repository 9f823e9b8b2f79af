// What must not compile is expected as a compiler error; the diagnostics of Effect would tell it once more.
// @effect-diagnostics missingEffectError:off missingEffectContext:off
import { assert, describe, it } from "@effect/vitest"
import { AccessDenied } from "@reventless/core/Access"
import { InvalidCommand } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Principal from "@reventless/core/Principal"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Spec from "@reventless/testing/Spec"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as TestClock from "effect/testing/TestClock"
import {
  AddProductLive,
  Category,
  CategoryCreated,
  CategoryExists,
  CategoryId,
  CategoryLive,
  CategoryRenamed,
  ChangePriceLive,
  kettle,
  lamp,
  PriceChanged,
  PriceList,
  PriceRefused,
  ProductAdded,
  ProductAlreadyExists,
  ProductId,
  ProductRetired,
  ProductUnknown,
  RetireProductLive
} from "./fixtures/catalog.ts"

const kitchen = { categoryId: CategoryId.make("kitchen"), name: "Kitchen" }
const withLimit = Effect.provideService(PriceList, { limit: Effect.succeed(10_000) })
const price = (amount: number) => ({ productId: kettle.productId, price: { amount, currency: "EUR" } as const })

describe("a slice", () => {
  it.effect("makes its events", () => Spec.given(AddProductLive, []).when(kettle).then([ProductAdded.make(kettle)]))

  it.effect("fails with an error of a class", () =>
    Spec.given(AddProductLive, [ProductAdded.make(kettle)]).when(kettle).thenFails(ProductAlreadyExists))

  it.effect("fails with an error by its fields", () =>
    Spec.given(AddProductLive, [ProductAdded.make(kettle)])
      .when(kettle)
      .thenFails(new ProductAlreadyExists({ productId: kettle.productId })))

  it.effect("folds its history and uses the services that the test provides", () =>
    Spec.given(ChangePriceLive, [ProductAdded.make(kettle), PriceChanged.make(price(1))])
      .when(price(2))
      .then([PriceChanged.make(price(2))])
      .pipe(withLimit))

  it.effect("makes nothing when there is nothing to change", () =>
    Spec.given(ChangePriceLive, [ProductAdded.make(kettle)]).when(price(4900)).thenNothing.pipe(withLimit))

  it.effect("is refused by its access rule", () =>
    Spec.given(ChangePriceLive, [ProductAdded.make(kettle)])
      .when(price(1), { principal: Principal.user("bob") })
      .thenFails(AccessDenied)
      .pipe(withLimit))

  it.effect("passes its access rule", () =>
    Spec.given(ChangePriceLive, [ProductAdded.make(kettle)])
      .when(price(1), { principal: Principal.user("ann", ["staff"]) })
      .then([PriceChanged.make(price(1))])
      .pipe(withLimit))

  it.effect("refuses a payload that its schema refuses", () =>
    Spec.given(AddProductLive, []).when({ ...kettle, name: "" }).thenFails(InvalidCommand))

  it.effect("is decided at the time that the test says", () =>
    Effect.gen(function*() {
      const product = { productId: kettle.productId }
      const listed = Spec.given(RetireProductLive, [ProductAdded.make(kettle)])
      yield* listed.when(product, { time: "2026-11-01T00:30:00Z" }).then([ProductRetired.make(product)])
      yield* listed.when(product, { time: "2026-11-01T01:30:00Z" }).thenNothing
      yield* listed.when(product).then([ProductRetired.make(product)])
      yield* TestClock.adjust("2 hours")
      yield* listed.when(product).thenNothing
    }))
})

describe("an aggregate", () => {
  it.effect("makes its events", () =>
    Spec.given(CategoryLive, [])
      .when(Category.commands.CreateCategory, kitchen)
      .then([CategoryCreated.make(kitchen)]))

  it.effect("fails with the errors of the command", () =>
    Spec.given(CategoryLive, [CategoryCreated.make(kitchen), CategoryRenamed.make({ ...kitchen, name: "Cook" })])
      .when(Category.commands.CreateCategory, kitchen)
      .thenFails(CategoryExists))

  it.effect("makes nothing when there is nothing to change", () =>
    Spec.given(CategoryLive, [CategoryCreated.make(kitchen)])
      .when(Category.commands.RenameCategory, kitchen)
      .thenNothing)
})

/** The text that a wrong expectation fails with. */
const message = <R>(verdict: Spec.Verdict<R>) => Effect.map(Effect.flip(verdict), (failure) => failure.message)

const says = <R>(verdict: Spec.Verdict<R>, ...lines: ReadonlyArray<string>) =>
  Effect.map(message(verdict), (text) => assert.strictEqual(text, lines.join("\n")))

describe("a wrong expectation says", () => {
  it.effect("which field of which event differs", () =>
    says(
      Spec.given(AddProductLive, []).when(kettle).then([
        ProductAdded.make({ ...kettle, categoryIds: [CategoryId.make("tea")], price: { amount: 100, currency: "EUR" } })
      ]),
      "AddProduct: the events differ",
      "  event 1 ProductAdded",
      "    categoryIds[0]  expected \"tea\"  received \"kitchen\"",
      "    price.amount    expected 100  received 4900"
    ))

  it.effect("which event is missing and which one is not expected, and pairs the others", () =>
    says(
      Spec.given(ImportLive, []).when({ ids: ["a", "b"] }).then([
        Imported.make({ id: "b" }),
        Finished.make({ count: 2 }),
        Finished.make({ count: 3 })
      ]),
      "Import: the events differ",
      "  event 1 Imported  made, but not expected",
      "    { id: \"a\" }",
      "  event 3 Finished  expected, but not made",
      "    { count: 3 }"
    ))

  it.effect("what was made instead of nothing", () =>
    says(
      Spec.given(CategoryLive, []).when(Category.commands.CreateCategory, kitchen).thenNothing,
      "Category.CreateCategory: expected no event",
      "  event 1 CategoryCreated  made, but not expected",
      "    { categoryId: \"kitchen\", name: \"Kitchen\" }"
    ))

  it.effect("which error came instead of events", () =>
    says(
      Spec.given(ChangePriceLive, []).when(price(1)).then([PriceChanged.make(price(1))]).pipe(withLimit),
      "ChangePrice: expected 1 event, but the command failed",
      "  received ProductUnknown { productId: \"kettle\" }"
    ))

  it.effect("which events came instead of an error", () =>
    says(
      Spec.given(ChangePriceLive, [ProductAdded.make(kettle)]).when(price(1)).thenFails(PriceRefused).pipe(withLimit),
      "ChangePrice: expected PriceRefused, but the command made 1 event",
      "  event 1 PriceChanged",
      "    { productId: \"kettle\", price: { amount: 1, currency: \"EUR\" } }"
    ))

  it.effect("which other error came", () =>
    says(
      Spec.given(ChangePriceLive, []).when(price(1)).thenFails(PriceRefused).pipe(withLimit),
      "ChangePrice: expected PriceRefused, but the command failed otherwise",
      "  received ProductUnknown { productId: \"kettle\" }"
    ))

  it.effect("which field of the error differs", () =>
    says(
      Spec.given(ChangePriceLive, []).when(price(1))
        .thenFails(new ProductUnknown({ productId: ProductId.make("lamp") })).pipe(withLimit),
      "ChangePrice: the error ProductUnknown differs",
      "  productId  expected \"lamp\"  received \"kettle\""
    ))

  it.effect("which given event the decision would never see", () =>
    says(
      Spec.given(AddProductLive, [ProductAdded.make(kettle), ProductAdded.make(lamp)]).when(kettle).thenNothing,
      "AddProduct: the given event 2 ProductAdded is not part of this decision",
      "  the event carries      product:lamp, category:home, category:kitchen",
      "  the command looks for  ProductAdded of product:kettle"
    ))

  it.effect("which given event does not come back from a store as it was", () =>
    says(
      Spec.given(ImportLive, [Imported.make({ id: "a", note: " x" })]).when({ ids: [] }).thenNothing,
      "Import: the given event 1 Imported comes back changed from a store",
      "  note  stored \" x\"  read \"x\""
    ))

  it.effect("the line of the test", () =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(Spec.given(AddProductLive, []).when(kettle).thenNothing)
      assert.match(failure.stack!.split("\n").find((line) => line.includes(" at "))!, /spec-commands\.test\.ts/)
    }))
})

/** A text that loses its white space when it is read: a mistake, for what is stored is not what was decided. */
const Note = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({ decode: (text) => text.trim(), encode: (text) => text })
  )
)
class MemberJoined extends Event.make("MemberJoined", { productId: ProductId, name: Schema.String }, {
  version: 2,
  upcasts: {
    1: Event.upcast({ productId: ProductId, first: Schema.String }, ({ first, productId }) => ({
      productId,
      name: first.trim()
    }))
  }
}) {}

describe("a stored event", () => {
  const joined = MemberJoined.make({ productId: ProductId.make("p"), name: "Ada" })

  it.effect("of an older version becomes what its upcast makes", () =>
    Spec.stored(MemberJoined, { version: 1, data: { productId: "p", first: " Ada " } }).becomes(joined))

  it.effect("of the current version is what was stored", () =>
    Spec.stored(MemberJoined, { version: 2, data: { productId: "p", name: "Ada" } }).becomes(joined))

  it.effect("that becomes another one fails with the fields that differ", () =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(
        Spec.stored(MemberJoined, { version: 1, data: { productId: "p", first: "Bob" } }).becomes(joined)
      )
      assert.strictEqual(
        failure.message,
        "MemberJoined: the event of version 1 becomes another one\n  name  expected \"Ada\"  received \"Bob\""
      )
      assert.match(failure.stack!.split("\n")[2] ?? "", /spec-commands\.test\.ts/)
    }))

  it.effect("that can't be decoded fails with the reason", () =>
    Effect.gen(function*() {
      const messages = yield* Effect.forEach(
        [{ version: 1, data: { productId: "p", name: "Ada" } }, { version: 3, data: {} }],
        (stored) => Effect.map(Effect.flip(Spec.stored(MemberJoined, stored).becomes(joined)), ({ message }) => message)
      )
      assert.deepStrictEqual(messages, [
        "MemberJoined: A stored 'MemberJoined' of version 1 can't be decoded: Missing key\n  at [\"first\"]",
        "MemberJoined: A stored 'MemberJoined' of version 3 can't be decoded: the definition knows the versions 1 to 2 only"
      ])
    }))
})

/** Never run: what must not compile. */
export const refusedByTheCompiler = () => {
  const add = Spec.given(AddProductLive, []).when(kettle)
  const create = Spec.given(CategoryLive, []).when(Category.commands.CreateCategory, kitchen)
  return [
    // @ts-expect-error the slice doesn't consume it
    Spec.given(AddProductLive, [CategoryCreated.make(kitchen)]),
    // @ts-expect-error the command has other fields
    Spec.given(AddProductLive, []).when(kitchen),
    // @ts-expect-error the slice doesn't produce it
    add.then([CategoryCreated.make(kitchen)]),
    // @ts-expect-error the slice doesn't declare it
    add.thenFails(PriceRefused),
    // @ts-expect-error the command has other fields
    Spec.given(CategoryLive, []).when(Category.commands.CreateCategory, kettle),
    // @ts-expect-error the aggregate has no such event
    create.then([ProductAdded.make(kettle)]),
    // @ts-expect-error the command doesn't declare it
    Spec.given(CategoryLive, []).when(Category.commands.RenameCategory, kitchen).thenFails(CategoryExists),
    // @ts-expect-error it is another event
    Spec.stored(MemberJoined, { version: 1, data: {} }).becomes(CategoryCreated.make(kitchen)),
    // @ts-expect-error the service of `decide` is missing
    Effect.runPromise(Spec.given(ChangePriceLive, []).when(price(1)).thenNothing)
  ]
}

class Imported extends Event.make("Imported", { id: Schema.String, note: Schema.optionalKey(Note) }) {}
class Finished extends Event.make("Finished", { count: Schema.Int }) {}
class Import extends StateChangeSlice.make("Import", {
  command: { ids: Schema.Array(Schema.String) },
  consumes: [Imported],
  produces: [Imported, Finished]
}) {}
const ImportLive = Import.behavior({
  initial: 0,
  evolve: { Imported: (count) => count + 1 },
  decide: ({ ids }) => Effect.succeed([...ids.map((id) => Imported.make({ id })), Finished.make({ count: ids.length })])
})
