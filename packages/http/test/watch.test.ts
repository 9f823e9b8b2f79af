import { assert, describe, it } from "@effect/vitest"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine, ViewRebuilt } from "@reventless/core/QueryEngine"
import * as HttpServer from "@reventless/http/HttpServer"
import { CredentialsRefused, CredentialsUnchecked, PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { lostCaller } from "../src/internal/caller.ts"
import * as Changes from "../src/internal/changes.ts"
import { ask, kind, layer, layerPlatform, Logged, problem, send } from "./fixtures/server.ts"
import { kettle } from "./fixtures/shop.ts"

/** Reads server-sent events until `done`, then goes away. */
const events = (path: string, done: (text: string) => boolean) =>
  Effect.gen(function*() {
    const { url } = yield* HttpServer.HttpServer
    return yield* Effect.promise(async (signal) => {
      const response = await fetch(`${url}${path}`, { signal })
      let text = ""
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk
        if (done(text)) break
      }
      return { type: response.headers.get("content-type"), text, blocks: text.split("\n\n").slice(1, -1) }
    })
  })

const count = (text: string, event: string) => text.split(`event: ${event}`).length - 1

describe("watching a view over HTTP", () => {
  it.live("tells every row that there is, then every change, as numbered events", () =>
    Effect.gen(function*() {
      const { body } = yield* send("/online-shop/commands/AddProduct", kettle)
      let told = ""
      const isTold = (text: string) => Effect.repeat(Effect.sleep(2), { until: () => told.includes(text) })
      const reading = yield* Effect.forkChild(
        events(`/online-shop/watch/Live?after=${body.token}`, (text) => {
          told = text
          return text.includes("RowRemoved")
        })
      )
      yield* isTold("Kettle")
      yield* send("/online-shop/commands/AddProduct", { ...kettle, productId: "pan", name: "Pan" })
      yield* isTold("Pan")
      yield* send("/online-shop/commands/RetireProduct", { productId: "kettle" }, {
        authorization: "Bearer ada:managers"
      })
      const { blocks, type } = yield* Fiber.join(reading)
      assert.strictEqual(type, "text/event-stream")
      assert.deepStrictEqual(blocks, [
        "id: 1\nevent: RowSet\ndata: {\"productId\":\"kettle\",\"name\":\"Kettle\"}",
        "id: 2\nevent: RowSet\ndata: {\"productId\":\"pan\",\"name\":\"Pan\"}",
        "id: 3\nevent: RowRemoved\ndata: {\"key\":\"kettle\"}"
      ])
    }).pipe(Effect.provide(layer)))

  it.live("tells the changes of one row when its key is given", () =>
    Effect.gen(function*() {
      yield* send("/online-shop/commands/AddProduct", kettle)
      const { body } = yield* send("/online-shop/commands/AddProduct", { ...kettle, productId: "pan" })
      const { text } = yield* events(
        `/online-shop/watch/Live?key=pan&after=${body.token}`,
        (text) => text.includes("RowSet")
      )
      assert.include(text, "\"productId\":\"pan\"")
      assert.notInclude(text, "\"productId\":\"kettle\"")
    }).pipe(Effect.provide(layer)))

  it.live("HEAD begins no stream", () =>
    Effect.gen(function*() {
      const answer = yield* ask("/online-shop/watch/Live", { method: "HEAD" })
      assert.deepStrictEqual([answer.status, answer.text], [200, ""])
    }).pipe(Effect.provide(layer)))

  it.live("a view that isn't a Stream variant can't be watched", () =>
    Effect.gen(function*() {
      const answer = yield* ask("/online-shop/watch/Products?after=x")
      assert.deepStrictEqual(kind(answer), problem(404, "NotFound"))
      assert.strictEqual(
        answer.body.detail,
        "Products can't be watched: make it a StateViewSliceStream or ReadModelStream."
      )
    }).pipe(Effect.provide(layer)))

  it.live("what can't be asked has a status, and no stream begins", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(kind(yield* ask("/online-shop/watch/Live?after=x")), problem(400, "InvalidQuery"))
    }).pipe(Effect.provide(layer)))

  it.live("a rebuilt view is told by an event, and the stream ends", () =>
    Effect.gen(function*() {
      const { blocks } = yield* events("/online-shop/watch/Live", () => false)
      assert.strictEqual(blocks.length, 1)
      const [id, event, data] = blocks[0]!.split("\n")
      assert.deepStrictEqual([id, event], ["id: 1", "event: ViewRebuilt"])
      assert.strictEqual(JSON.parse(data!.slice(6)).code, "ViewRebuilt")
    }).pipe(Effect.provide(withWatch(() => Stream.fail(new ViewRebuilt({ view: "OnlineShop.Live" }))))))

  it.effect("a silent stream says every 15 seconds that it is alive", () =>
    Effect.gen(function*() {
      const request = HttpServerRequest.fromWeb(new Request("http://x/watch"))
      const { body } = yield* Effect.provideService(
        Changes.response(Stream.never, Effect.succeed, Effect.never, Effect.never),
        HttpServerRequest.HttpServerRequest,
        request
      )
      if (body._tag !== "Stream") return assert.fail("a stream")
      const reading = yield* Effect.forkChild(
        Stream.runCollect(Stream.decodeText(Stream.take(body.stream as Stream.Stream<Uint8Array>, 3)))
      )
      // The stream begins when its first piece is read; the clock then goes on bit by bit.
      for (let seconds = 0; seconds < 60; seconds += 5) {
        yield* Effect.yieldNow
        yield* TestClock.adjust("5 seconds")
      }
      const [, ...alive] = yield* Fiber.join(reading)
      assert.deepStrictEqual(alive, [":\n\n", ":\n\n"])
    }))

  it.effect("a stream ends within 30 seconds of its caller's token, and says why; not while nobody can tell", () =>
    Effect.gen(function*() {
      const ada = Principal.user("ada", ["managers"])
      const refused = new CredentialsRefused({ detail: "the token has expired" })
      const cases = [
        [Effect.fail(refused), "The credentials were refused: the token has expired."],
        [Effect.succeed(Principal.user("ada")), "The credentials were refused: they are another caller's by now"],
        [Effect.succeed(Principal.anonymous), "The credentials were refused: they are another caller's by now"]
      ] as const
      for (const [outcome, detail] of cases) {
        let answer: Effect.Effect<Principal.Caller, CredentialsRefused | CredentialsUnchecked> = Effect.fail(
          new CredentialsUnchecked({ detail: "nobody answers" })
        )
        const request = HttpServerRequest.fromWeb(new Request("http://x/watch"))
        const { body } = yield* Effect.flatMap(
          lostCaller(request),
          (lost) => Changes.response(Stream.never, Effect.succeed, Effect.never, lost)
        ).pipe(
          Effect.provideService(HttpServerRequest.HttpServerRequest, request),
          Effect.provideService(Principal.CurrentPrincipal, ada),
          Effect.provideService(PrincipalResolver, { challenge: "Bearer", resolve: () => Effect.suspend(() => answer) })
        )
        if (body._tag !== "Stream") return assert.fail("a stream")
        const reading = yield* Effect.forkChild(
          Stream.runCollect(Stream.decodeText(body.stream as Stream.Stream<Uint8Array>))
        )
        const pass = Effect.fnUntraced(function*(seconds: number) {
          for (let passed = 0; passed < seconds; passed += 5) {
            yield* Effect.yieldNow
            yield* TestClock.adjust("5 seconds")
          }
        })
        yield* pass(60)
        assert.isUndefined(reading.pollUnsafe())
        answer = Effect.succeed(ada)
        yield* pass(60)
        assert.isUndefined(reading.pollUnsafe())
        answer = outcome
        yield* pass(30)
        const last = (yield* Fiber.join(reading)).at(-1)!
        assert.match(last, /^id: 1\nevent: Problem\ndata: /)
        assert.include(last, detail)
      }
    }))

  it.live("the view's stream is released when the client goes away", () =>
    Effect.gen(function*() {
      const released = yield* Deferred.make<void>()
      const row = { _tag: "RowSet", row: { productId: "p", name: "n" } } as const
      const changes = Stream.concat(Stream.succeed(row), Stream.never).pipe(
        Stream.ensuring(Deferred.succeed(released, undefined))
      )
      yield* Effect.provide(
        events("/online-shop/watch/Live", (text) => count(text, "RowSet") === 1),
        withWatch(() => changes)
      )
      yield* Deferred.await(released)
    }))
})

/** A server whose query engine watches what it is given. */
const withWatch = (watch: () => Stream.Stream<any, ViewRebuilt>) =>
  HttpServer.layer({ port: 0 }).pipe(
    Layer.provide(Layer.succeed(QueryEngine, {
      get: () => Effect.succeedNone,
      list: () => Effect.succeed({ rows: [], cursor: undefined }),
      watch
    })),
    Layer.provide(layerPlatform),
    Layer.provideMerge(Logged.layer)
  )
