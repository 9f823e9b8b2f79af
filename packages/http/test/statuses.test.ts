import { assert, describe, it } from "@effect/vitest"
import { AccessDenied } from "@reventless/core/Access"
import { CommandBus, CommandConflict, type SendError, UnknownCommand } from "@reventless/core/CommandBus"
import { CommandPending } from "@reventless/core/CommandResult"
import { EventUndecodable } from "@reventless/core/Event"
import * as EventStore from "@reventless/core/EventStore"
import {
  QueryEngine,
  type QueryError,
  RowUndecodable,
  UnknownView,
  ViewBehind,
  ViewRebuilt
} from "@reventless/core/QueryEngine"
import { ViewStoreError } from "@reventless/core/ViewStore"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { ask, kind, layerPlatform, Logged, problem, send } from "./fixtures/server.ts"
import { kettle } from "./fixtures/shop.ts"

const server = HttpServer.layer({ port: 0 })

/** A server whose bus gives one answer to everything. */
const withBus = (dispatch: CommandBus["Service"]["dispatch"]) =>
  server.pipe(
    Layer.provide(
      Layer.succeed(CommandBus, { send: () => Effect.die("unused"), outcome: () => Effect.die("unused"), dispatch })
    ),
    Layer.provide(layerPlatform),
    Layer.provideMerge(Logged.layer)
  )

/** A server whose query engine fails. */
const withQueries = (error: QueryError) =>
  server.pipe(
    Layer.provide(Layer.succeed(QueryEngine, {
      get: () => Effect.fail(error),
      list: () => Effect.fail(error),
      watch: () => Stream.fail(error)
    })),
    Layer.provide(layerPlatform),
    Layer.provideMerge(Logged.layer)
  )

const storeError = (reason: EventStore.EventStoreError["reason"]) => new EventStore.EventStoreError({ reason })

const secret = "host db-7.internal said no"

const commandErrors: ReadonlyArray<readonly [SendError, number, retryAfter: boolean]> = [
  [new CommandConflict({ command: "OnlineShop.AddProduct", attempts: 16 }), 409, false],
  [new EventStore.Contended({ attempts: 8 }), 503, true],
  [storeError(new EventStore.StoreUnavailable({ detail: secret })), 503, true],
  [storeError(new EventStore.OutcomeUnknown({ detail: secret })), 503, true],
  [storeError(new EventStore.StoreUnreadable({ detail: secret })), 500, false],
  [storeError(new EventStore.AppendTooLarge({ counted: "events", size: 101, limit: 100 })), 500, false],
  [new EventUndecodable({ event: "ProductAdded", version: 1, detail: secret }), 500, false],
  [new UnknownCommand({ command: "OnlineShop.AddProduct", known: [] }), 404, false],
  [new AccessDenied({ target: "OnlineShop.AddProduct", anonymous: false }), 403, false]
]

const queryErrors: ReadonlyArray<readonly [QueryError, number, retryAfter: boolean]> = [
  [new ViewBehind({ view: "OnlineShop.Products", waitedMillis: 5000 }), 503, true],
  [new ViewRebuilt({ view: "OnlineShop.Products" }), 410, false],
  [new UnknownView({ view: "OnlineShop.Products", known: [] }), 404, false],
  [new RowUndecodable({ view: "OnlineShop.Products", detail: secret }), 500, false],
  [new ViewStoreError({ detail: secret, isRetryable: true }), 503, true],
  [new ViewStoreError({ detail: secret, isRetryable: false }), 500, false]
]

describe("the status of each failure", () => {
  it.live.each(commandErrors)(
    "a command that fails with %s is %i",
    ([error, status, retryAfter]) =>
      Effect.gen(function*() {
        const answer = yield* send("/online-shop/commands/AddProduct", kettle)
        assert.deepStrictEqual(kind(answer), problem(status, error._tag))
        assert.strictEqual(answer.headers.get("retry-after"), retryAfter ? "1" : null)
        assert.notInclude(answer.text, secret)
        assert.strictEqual(answer.body.error._tag, error._tag)
      }).pipe(Effect.provide(withBus(() => Effect.fail(error))))
  )

  it.live.each(queryErrors)(
    "a query that fails with %s is %i",
    ([error, status, retryAfter]) =>
      Effect.gen(function*() {
        for (
          const path of ["/online-shop/views/Products", "/online-shop/views/Products/x", "/online-shop/watch/Live"]
        ) {
          const answer = yield* ask(path)
          assert.deepStrictEqual(kind(answer), problem(status, error._tag))
          assert.strictEqual(answer.headers.get("retry-after"), retryAfter ? "1" : null)
          assert.notInclude(answer.text, secret)
        }
      }).pipe(Effect.provide(withQueries(error)))
  )

  it.live("what is hidden from the caller is logged with the correlation id", () =>
    Effect.gen(function*() {
      const answer = yield* send("/online-shop/commands/AddProduct", kettle)
      const logged = (yield* Logged).join("\n")
      assert.include(logged, secret)
      assert.include(logged, answer.body.correlationId)
    }).pipe(
      Effect.provide(withBus(() => Effect.fail(storeError(new EventStore.StoreUnavailable({ detail: secret })))))
    ))

  it.live("a command that will be decided later is 202 with the place of its outcome", () =>
    Effect.gen(function*() {
      const answer = yield* send("/online-shop/commands/AddProduct", kettle)
      assert.strictEqual(answer.status, 202)
      assert.deepStrictEqual(answer.body, { messageId: "m-1" })
      assert.strictEqual(answer.headers.get("location"), "/online-shop/outcomes/m-1")
    }).pipe(Effect.provide(withBus(() => Effect.succeed(new CommandPending({ messageId: "m-1" }))))))
})
