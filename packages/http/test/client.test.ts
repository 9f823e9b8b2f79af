import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as HttpClient from "@reventless/http/HttpClient"
import * as HttpServer from "@reventless/http/HttpServer"
import * as PluginApi from "@reventless/http/PluginApi"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { layer as layerServer, stored } from "./fixtures/server.ts"
import {
  AddProduct,
  ByCategory,
  Category,
  CategoryExists,
  CategoryId,
  kettle,
  Live,
  OnlineShop,
  ProductExists,
  ProductId,
  ProductMissing,
  Products,
  RetireProduct,
  Secret
} from "./fixtures/shop.ts"

const client = (options: Partial<HttpClient.Options> = {}) =>
  Layer.unwrap(
    Effect.map(
      HttpServer.HttpServer,
      ({ url }) => HttpClient.layer({ baseUrl: url, plugins: [OnlineShop], ...options })
    )
  ).pipe(
    Layer.provide(FetchHttpClient.layer)
  )

/** The services are the client's; those of the server's platform are out of reach. */
const layer = client().pipe(Layer.provideMerge(layerServer))

const manager = client({ headers: { authorization: "Bearer ada:managers" } }).pipe(Layer.provideMerge(layerServer))

const product = (n: number) => ({
  ...kettle,
  productId: ProductId.make(`p ${n}/ä`),
  price: { amount: n, currency: "EUR" as const }
})

describe("the HTTP client", () => {
  it.live("sends typed commands and asks typed views", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const created = yield* bus.send(Category.commands.CreateCategory, {
        categoryId: kettle.categoryId,
        name: "Kitchen"
      })
      assert.deepStrictEqual([created.entityId, created.eventCount], ["kitchen", 1])
      const added = yield* Effect.forEach([1, 2, 3, 4, 5], (n) => bus.send(AddProduct, product(n)))
      const after = added.at(-1)!.token
      const row = yield* queries.get(Products, product(2).productId, { after })
      assert.deepStrictEqual(row, Option.some(product(2)))
      assert.deepStrictEqual(yield* queries.get(Products, ProductId.make("none")), Option.none())
      const sorted = yield* queries.get(ByCategory, [kettle.categoryId, product(2).productId], { after })
      assert.isTrue(Option.isSome(sorted))
      const first = yield* queries.list(Products, {
        after,
        timeout: "1 minute",
        index: "byCategory",
        where: { categoryId: kettle.categoryId },
        range: { gte: 2 },
        order: "desc",
        limit: 3
      })
      assert.deepStrictEqual(first.rows.map(({ price }) => price.amount), [5, 4, 3])
      const rest = yield* queries.list(Products, {
        index: "byCategory",
        where: { categoryId: kettle.categoryId },
        range: { gte: 2 },
        order: "desc",
        cursor: first.cursor
      })
      assert.deepStrictEqual([rest.rows.map(({ price }) => price.amount), rest.cursor], [[2], undefined])
    }).pipe(Effect.provide(layer)))

  it.live("fails with the declared errors, decoded to their classes", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(AddProduct, kettle)
      const again = yield* Effect.flip(bus.send(AddProduct, kettle))
      assert.instanceOf(again, ProductExists)
      assert.strictEqual(again.productId, "kettle")
      const missing = yield* Effect.flip(bus.send(RetireProduct, { productId: ProductId.make("none") }))
      assert.instanceOf(missing, ProductMissing)
      const create = bus.send(Category.commands.CreateCategory, { categoryId: CategoryId.make("c"), name: "C" })
      yield* create
      const exists = yield* Effect.flip(create)
      assert.instanceOf(exists, CategoryExists)
      assert.deepStrictEqual(exists.since, new Date(0))
    }).pipe(Effect.provide(manager)))

  it.live("fails as the services in the process do", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const denied = yield* Effect.flip(bus.send(RetireProduct, { productId: ProductId.make("x") }))
      assert.deepInclude(denied, { _tag: "AccessDenied", target: "OnlineShop.RetireProduct", anonymous: true })
      const invalid = yield* Effect.flip(bus.send(AddProduct, { ...kettle, name: "" }))
      assert.deepInclude(invalid, { _tag: "InvalidCommand" })
      yield* bus.send(AddProduct, kettle, { commandId: "one" })
      yield* bus.send(AddProduct, kettle, { commandId: "one" })
      const reused = yield* Effect.flip(bus.send(AddProduct, { ...kettle, name: "K" }, { commandId: "one" }))
      assert.strictEqual(reused._tag, "CommandIdReused")
      assert.strictEqual((yield* stored).length, 1)
      assert.strictEqual((yield* Effect.flip(queries.list(Secret)))._tag, "AccessDenied")
      const query = yield* Effect.flip(queries.list(Products, { where: { name: "x" } }))
      assert.deepInclude(query, { _tag: "InvalidQuery" })
      const cursor = yield* Effect.flip(queries.list(Products, { cursor: "x" }))
      assert.deepInclude(cursor, { _tag: "InvalidQuery", field: "cursor" })
      const after = { extent: { _tag: "UpTo", position: 99 } } as const
      const behind = yield* Effect.flip(queries.list(Products, { after, timeout: 10 }))
      assert.strictEqual(behind._tag, "ViewBehind")
    }).pipe(Effect.provide(layer)))

  it.live("dispatches encoded envelopes, and the conversation goes on", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const envelope = { target: "OnlineShop.AddProduct", correlationId: "c-1", command: kettle }
      const first = yield* bus.dispatch(envelope)
      assert.strictEqual(first._tag, "CommandAccepted")
      assert.strictEqual((yield* stored)[0]!.meta.correlationId, "c-1")
      const second = yield* bus.dispatch(envelope)
      assert.deepInclude(second, {
        _tag: "CommandRejected",
        errorCode: "ProductExists",
        error: { _tag: "ProductExists", productId: "kettle" }
      })
      const unknown = yield* Effect.flip(bus.dispatch({ ...envelope, target: "OnlineShop.Nope" }))
      assert.strictEqual(unknown._tag, "UnknownCommand")
    }).pipe(Effect.provide(layer)))

  it.live("watches rows as they change", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const { token } = yield* bus.send(AddProduct, kettle)
      const changes = yield* queries.watch(Live, { after: token }).pipe(
        Stream.tap((change) =>
          change._tag === "RowSet" ? bus.send(RetireProduct, { productId: kettle.productId }) : Effect.void
        ),
        Stream.take(2),
        Stream.runCollect
      )
      assert.deepStrictEqual(changes, [
        { _tag: "RowSet", row: { productId: kettle.productId, name: "Kettle" } },
        { _tag: "RowRemoved", key: "kettle", sort: undefined }
      ])
    }).pipe(Effect.provide(manager)))

  it.live("needs the definitions only", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      assert.strictEqual((yield* bus.send(AddProduct, kettle)).eventCount, 1)
      const unknown = yield* Effect.flip(bus.send(RetireProduct, { productId: kettle.productId }))
      assert.strictEqual(unknown._tag, "UnknownCommand")
    }).pipe(
      Effect.provide(
        client({ plugins: [PluginApi.make("OnlineShop", { commands: [AddProduct, Category], views: [Products] })] })
          .pipe(
            Layer.provideMerge(layerServer)
          )
      )
    ))

  it.live("a server that isn't there leaves the outcome unknown, and says that a retry can help", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const error = yield* Effect.flip(bus.send(AddProduct, kettle))
      assert.isTrue(error._tag === "EventStoreError" && error.isRetryable && error.reason._tag === "OutcomeUnknown")
      const queries = yield* QueryEngine
      const query = yield* Effect.flip(queries.list(Products))
      assert.isTrue(query._tag === "ViewStoreError" && query.isRetryable)
    }).pipe(Effect.provide(
      HttpClient.layer({ baseUrl: "http://127.0.0.1:9", plugins: [OnlineShop] }).pipe(
        Layer.provide(FetchHttpClient.layer)
      )
    )))
})
