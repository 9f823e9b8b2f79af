import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Platform from "@reventless/core/Platform"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import {
  AddProduct,
  Catalog,
  Category,
  CategoryId,
  Cats,
  ChangePrice,
  Counts,
  PriceList,
  ProductId,
  ProductsView,
  Sorted
} from "./fixtures/catalog.ts"

const TestLayer = Platform.layer({ version: "1.0.0", plugins: [Catalog] }).pipe(
  Layer.provide(Platform.layerMemory),
  Layer.provide(Layer.succeed(PriceList, { allows: () => Effect.succeed(true) }))
)

describe("a platform in memory", () => {
  it.effect("runs a command from the bus to a view's row", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const a = CategoryId.make("a")
      const p = ProductId.make("p")
      yield* bus.send(Category.commands.CreateCategory, { categoryId: a, name: "A" })
      const added = yield* bus.send(AddProduct, {
        productId: p,
        categoryIds: [a],
        name: "x",
        price: { amount: 1, currency: "EUR" }
      })
      assert.strictEqual(added.eventCount, 1)
      const changed = yield* bus.send(ChangePrice, { productId: p, price: { amount: 5, currency: "EUR" } })
      const row = yield* queries.get(ProductsView, p, { after: changed.token })
      assert.deepStrictEqual(
        row,
        Option.some({ productId: p, name: "x", price: { amount: 5, currency: "EUR" as const } })
      )
      const cat = yield* queries.get(Cats, a, { after: changed.token })
      assert.deepStrictEqual(cat, Option.some({ categoryId: a, name: "A", n: 1 }))
      const page = yield* queries.list(ProductsView, { index: "byPrice", where: { "price.amount": 5 } })
      assert.strictEqual(page.rows.length, 1)
      const sorted = yield* queries.list(Sorted, { where: { categoryId: a }, after: changed.token })
      assert.strictEqual(sorted.rows.length, 1)
      const counts = yield* Stream.runCollect(Stream.take(queries.watch(Counts), 1))
      assert.deepStrictEqual(counts, [{ _tag: "RowSet", row: { name: "x", count: 1 } }])
      const again = yield* Effect.flip(
        bus.send(AddProduct, { productId: p, categoryIds: [a], name: "x", price: { amount: 1, currency: "EUR" } })
      )
      assert.strictEqual(again._tag, "ProductAlreadyExists")
    }).pipe(Effect.provide(TestLayer)))

  it.effect("forty commands for one aggregate id and slices at once all get their answers", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const results = yield* Effect.forEach(
        Array.from({ length: 40 }, (_, i) => i),
        (i) =>
          Effect.result(
            bus.send(Category.commands.CreateCategory, { categoryId: CategoryId.make(`c${i % 4}`), name: "A" })
          ),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(results.filter((r) => r._tag === "Success").length, 4)
      const command = {
        productId: ProductId.make("k"),
        categoryIds: [],
        name: "x",
        price: { amount: 1, currency: "EUR" }
      } as const
      const first = yield* bus.send(AddProduct, command, { commandId: "one" })
      const second = yield* bus.send(AddProduct, command, { commandId: "one" })
      assert.deepStrictEqual(second, first)
      const reused = yield* Effect.flip(bus.send(AddProduct, { ...command, name: "y" }, { commandId: "one" }))
      assert.strictEqual(reused._tag, "CommandIdReused")
    }).pipe(Effect.provide(TestLayer)))
})
