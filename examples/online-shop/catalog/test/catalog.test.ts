/** The whole plugin on a platform in memory: from commands to rows. */
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { ObjectStore } from "@reventless/core/ObjectStore"
import { QueryEngine } from "@reventless/core/QueryEngine"
import type { Token } from "@reventless/core/Token"
import {
  AddProduct,
  Catalog,
  Categories,
  Category,
  ChangePrice,
  LivePrices,
  Products,
  ProductsByCategory,
  RenameProduct,
  RetireProduct,
  Stock
} from "@reventless/example-catalog"
import { ProductId } from "@reventless/example-catalog-spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { euros, gifts, kettle, kitchen, productId } from "./fixtures.ts"
import { Shop } from "./services.ts"

const mug = ProductId.make("mug")

/** Two categories; a kettle in both, a mug in the kitchen. */
const fill = Effect.gen(function*() {
  const bus = yield* CommandBus
  yield* bus.send(Category.commands.CreateCategory, { categoryId: kitchen, name: "Kitchen" })
  yield* bus.send(Category.commands.CreateCategory, { categoryId: gifts, name: "Gifts" })
  yield* bus.send(AddProduct, kettle)
  return yield* bus.send(AddProduct, {
    productId: mug,
    categoryIds: [kitchen],
    name: "Mug",
    description: "Holds coffee.",
    price: euros(12)
  })
})

const minutePasses = Effect.andThen(TestClock.adjust("1 minute"), TestPlatform.settled)

const namesOf = (rows: ReadonlyArray<{ readonly name: string }>) => rows.map(({ name }) => name)

describe("the catalog", () => {
  it.effect("shows a product on its page and in each of its categories", () =>
    Effect.gen(function*() {
      const { token: after } = yield* fill
      const queries = yield* QueryEngine
      const page = yield* queries.get(Products, productId, { after })
      assert.deepStrictEqual(Option.map(page, ({ name, retired }) => [name, retired]), Option.some(["Kettle", false]))
      const inKitchen = yield* queries.list(ProductsByCategory, { where: { categoryId: kitchen }, after })
      const inGifts = yield* queries.list(ProductsByCategory, { where: { categoryId: gifts }, after })
      assert.deepStrictEqual([namesOf(inKitchen.rows), namesOf(inGifts.rows)], [["Kettle", "Mug"], ["Kettle"]])
    }).pipe(Effect.provide(Shop)))

  it.effect("pages through a category by price, cheapest first", () =>
    Effect.gen(function*() {
      const { token: after } = yield* fill
      const queries = yield* QueryEngine
      const ask = { index: "byPrice", where: { categoryId: kitchen }, limit: 1, after } as const
      const first = yield* queries.list(ProductsByCategory, ask)
      const second = yield* queries.list(ProductsByCategory, { ...ask, cursor: first.cursor })
      assert.deepStrictEqual([namesOf(first.rows), namesOf(second.rows)], [["Mug"], ["Kettle"]])
      assert.isUndefined(second.cursor)
      const under50 = yield* queries.list(ProductsByCategory, { ...ask, limit: 10, range: { lt: euros(50).amount } })
      assert.deepStrictEqual(namesOf(under50.rows), ["Mug"])
    }).pipe(Effect.provide(Shop)))

  it.effect("counts a category's products, and no longer those that were retired", () =>
    Effect.gen(function*() {
      yield* fill
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const counts = (after: Token) =>
        Effect.map(queries.list(Categories, { index: "byName", after }), ({ rows }) =>
          rows.map(({ name, products }) => [name, products]))
      yield* bus.send(RetireProduct, { productId })
      const { token } = yield* bus.send(Category.commands.RenameCategory, { categoryId: kitchen, name: "Cooking" })
      assert.deepStrictEqual(yield* counts(token), [["Cooking", 1], ["Gifts", 0]])
      const again = yield* bus.send(RetireProduct, { productId })
      assert.strictEqual(again.eventCount, 0)
      assert.deepStrictEqual(yield* counts(again.token), [["Cooking", 1], ["Gifts", 0]])
    }).pipe(Effect.provide(Shop)))

  it.effect("shows a new name and a new price everywhere", () =>
    Effect.gen(function*() {
      yield* fill
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      yield* bus.send(RenameProduct, { productId, name: "Gooseneck kettle" })
      const { token: after } = yield* bus.send(ChangePrice, { productId, price: euros(69) })
      const expected = { productId, name: "Gooseneck kettle", price: euros(69) }
      const page = Option.getOrThrow(yield* queries.get(Products, productId, { after }))
      assert.deepInclude(page, expected)
      for (const categoryId of [kitchen, gifts]) {
        const row = yield* queries.get(ProductsByCategory, [categoryId, productId], { after })
        assert.deepStrictEqual(row, Option.some({ categoryId, ...expected }))
      }
    }).pipe(Effect.provide(Shop)))

  it.effect("lets whoever watches the prices see a change and a retirement", () =>
    Effect.gen(function*() {
      const { token: after } = yield* fill
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const reprice = bus.send(ChangePrice, { productId, price: euros(69) })
      const retire = bus.send(RetireProduct, { productId })
      const next = [reprice, retire, Effect.void]
      const seen = yield* queries.watch(LivePrices, { key: productId, after }).pipe(
        Stream.tap(() => next.shift()!),
        Stream.take(3),
        Stream.runCollect
      )
      assert.deepStrictEqual(seen, [
        { _tag: "RowSet", row: { productId, price: euros(79) } },
        { _tag: "RowSet", row: { productId, price: euros(69) } },
        { _tag: "RowRemoved", key: productId, sort: undefined }
      ])
    }).pipe(Effect.provide(Shop)))

  it.effect("takes no product into a category that was archived meanwhile", () =>
    Effect.gen(function*() {
      yield* fill
      const bus = yield* CommandBus
      const add = (n: number) =>
        bus.send(AddProduct, { ...kettle, productId: ProductId.make(`kettle-${n}`), categoryIds: [gifts] })
      const archive = bus.send(Category.commands.ArchiveCategory, { categoryId: gifts })
      const added = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, n) => n),
        (n) => Effect.andThen(n === 10 ? archive : Effect.void, Effect.result(add(n))),
        { concurrency: 4 }
      )
      const taken = added.filter(Result.isSuccess).length
      for (const refused of added.filter(Result.isFailure)) {
        assert.strictEqual(refused.failure._tag, "CategoryIsArchived")
      }
      const history = (yield* TestPlatform.events(Catalog)).map(({ _tag }) => _tag)
      assert.strictEqual(history.lastIndexOf("ProductAdded") < history.indexOf("CategoryArchived"), true)
      assert.strictEqual(history.filter((event) => event === "ProductAdded").length, 2 + taken)
    }).pipe(Effect.provide(Shop)))
})

describe("a list of products that is dropped", () => {
  it.effect("is taken, and says what was wrong with it", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(Category.commands.CreateCategory, { categoryId: kitchen, name: "Kitchen" })
      const objects = yield* ObjectStore
      yield* objects.put(
        "products/spring.csv",
        "productId,category,name,price,currency,count\nkettle,kitchen,Kettle,79.00,EUR,3\nmug,kitchen,Mug,a lot,EUR,3\n" +
          "spade,garden,Spade,19.00,EUR,3\ncup,kitchen,Cup,5.00,EUR,9\n"
      )
      yield* minutePasses
      assert.deepStrictEqual((yield* objects.text("reports/products/spring.csv.txt")).trim().split("\n"), [
        "2 products taken, 2 lines left out",
        "line 3: price.amount: Expected number",
        "line 4: There is no category 'garden'. Create it first."
      ])
      const queries = yield* QueryEngine
      const { rows } = yield* queries.list(Stock)
      assert.deepStrictEqual(rows.map(({ left, productId }) => [productId, left]), [["cup", 9], ["kettle", 3]])
    }).pipe(Effect.provide(Shop)))

  it.effect("restocks what is there already, at the price that it says", () =>
    Effect.gen(function*() {
      yield* fill
      const objects = yield* ObjectStore
      yield* objects.put(
        "products/again.csv",
        "productId,category,name,price,currency,count\nkettle,kitchen,Kettle,69.00,EUR,3\n"
      )
      yield* minutePasses
      const queries = yield* QueryEngine
      assert.deepStrictEqual(Option.getOrThrow(yield* queries.get(Products, productId)).price, euros(69))
      assert.strictEqual(Option.getOrThrow(yield* queries.get(Stock, productId)).left, 3)
    }).pipe(Effect.provide(Shop)))
})
