import { assert, describe, it } from "@effect/vitest"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { ask, layer, layerDraining, layerPlatform, send, Stored } from "./fixtures/server.ts"
import { OnDawdle, OnlineShop } from "./fixtures/shop.ts"

/** A server that is stopped by closing its scope; `begun` completes when its first slow command is in flight. */
const started = Effect.fnUntraced(function*(drainTimeout: Duration.Input, until: Effect.Effect<void>) {
  const scope = yield* Scope.make()
  const begun = yield* Deferred.make<void>()
  const slowly = Layer.succeed(OnDawdle, Effect.andThen(Deferred.succeed(begun, undefined), until))
  const context = yield* Layer.buildWithScope(Layer.provide(Layer.fresh(layerDraining(drainTimeout)), slowly), scope)
  return { begun: Deferred.await(begun), context, stop: Scope.close(scope, Exit.void) }
})

const dawdle = send("/online-shop/commands/Dawdle", { productId: "slow", millis: 0 })

/** Runs a server in a process of its own, and stops it by a signal while it answers. */
const stopBy = async (signal: "SIGTERM" | "SIGINT") => {
  const program = spawn(process.execPath, [`${import.meta.dirname}/fixtures/main.ts`], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const ended = new Promise<number | null>((resolve) => program.on("exit", resolve))
  let output = ""
  program.stdout.on("data", (data) => (output += data))
  const said = async (text: RegExp): Promise<string> => {
    while (true) {
      const found = text.exec(output)
      if (found !== null) return found[0]
      await once(program.stdout, "data")
    }
  }
  const url = await said(/http:\/\/[\d.:]+/)
  const slow = fetch(`${url}/online-shop/commands/Dawdle`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ productId: "slow", millis: 500 })
  })
  await said(/dawdling/)
  program.kill(signal)
  assert.strictEqual((await slow).status, 200)
  assert.include([0, 130], await ended)
}

describe("the HTTP server", () => {
  it.live("says how the platform and its views are", () =>
    Effect.gen(function*() {
      const { body, status } = yield* ask("/health")
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(body, {
        status: "ok",
        version: "9.8.7",
        plugins: [{
          name: "OnlineShop",
          version: "1.2.3",
          status: "current",
          current: "1.2.3",
          views: OnlineShop.views.map(({ name }) => ({ name, status: "current", parked: 0 })),
          work: [],
          connections: []
        }]
      })
    }).pipe(Effect.provide(layer)))

  it.live("listens on 127.0.0.1 and names the port it has taken", () =>
    Effect.gen(function*() {
      const { host, port, url } = yield* HttpServer.HttpServer
      assert.deepStrictEqual([host, url], ["127.0.0.1", `http://127.0.0.1:${port}`])
      const root = yield* ask("/")
      assert.deepStrictEqual([root.status, root.headers.get("location")], [302, "/docs"])
    }).pipe(Effect.provide(layer)))

  it.live("a port in use is an error that names the way out", () =>
    Effect.gen(function*() {
      const { port } = yield* HttpServer.HttpServer
      const second = HttpServer.layer({ port }).pipe(Layer.provide(layerPlatform))
      const error = yield* Effect.flip(Effect.scoped(Layer.build(second)))
      assert.strictEqual(error._tag, "PortInUse")
      assert.include(error.message, `Port ${port} of 127.0.0.1 is in use`)
      assert.include(error.message, "Choose another 'port' (0 takes a free one), or end the process that listens.")
      const refused = HttpServer.layer({ port: 0, host: "203.0.113.1" }).pipe(Layer.provide(layerPlatform))
      assert.strictEqual((yield* Effect.flip(Effect.scoped(Layer.build(refused))))._tag, "CannotListen")
    }).pipe(Effect.provide(layer)))

  it.live("plugins whose paths would be the same are refused with their names", () =>
    Effect.gen(function*() {
      const platform = Platform.layer({
        version: "1.0.0",
        plugins: [Plugin.make("OnlineShop", { version: "1.0.0" }), Plugin.make("online-shop", { version: "1.0.0" })]
      }).pipe(Layer.provide(Platform.layerMemory))
      const exit = yield* Effect.exit(
        Effect.scoped(Layer.build(HttpServer.layer({ port: 0 }).pipe(Layer.provide(platform))))
      )
      assert.isTrue(Exit.isFailure(exit))
      assert.include(String(Exit.isFailure(exit) && Cause.squash(exit.cause)), "'OnlineShop' and 'online-shop'")
    }))

  it.live("a request in flight is finished when the server stops, and no other is taken", () =>
    Effect.gen(function*() {
      const released = yield* Deferred.make<void>()
      const { begun, context, stop } = yield* started("30 seconds", Deferred.await(released))
      const slow = yield* Effect.forkChild(Effect.provide(dawdle, context))
      yield* begun
      const stopping = yield* Effect.forkChild(stop)
      const health = Effect.exit(Effect.provide(ask("/health"), context))
      // Connections that were accepted before are answered; the end of it is that none is.
      yield* Effect.repeat(health, { until: Exit.isFailure })
      yield* Deferred.succeed(released, undefined)
      const answer = yield* Fiber.join(slow)
      assert.deepStrictEqual([answer.status, answer.headers.get("connection")], [200, "close"])
      yield* Fiber.join(stopping)
      assert.strictEqual((yield* Effect.provide(Stored, context)).length, 1)
    }))

  it.live("streams end when the server stops, and it doesn't wait for them", () =>
    Effect.gen(function*() {
      const { context, stop } = yield* started("1 hour", Effect.void)
      const { url } = Context.get(context, HttpServer.HttpServer)
      const response = yield* Effect.promise(() => fetch(`${url}/online-shop/watch/Live`))
      assert.strictEqual(response.status, 200)
      yield* stop
      yield* Effect.promise(() => response.text())
    }))

  it.live("a request that doesn't end is cut off after the drain timeout", () =>
    Effect.gen(function*() {
      const { begun, context, stop } = yield* started("600 millis", Effect.never)
      const slow = yield* Effect.forkChild(Effect.exit(Effect.provide(dawdle, context)))
      yield* begun
      const before = performance.now()
      yield* stop
      assert.isAbove(performance.now() - before, 550)
      const answer = yield* Fiber.join(slow)
      assert.isTrue(Exit.isFailure(answer) || answer.value.status === 503)
    }))

  it.live("SIGTERM and SIGINT finish what is in flight, then the process ends", () =>
    Effect.promise(() => Promise.all((["SIGTERM", "SIGINT"] as const).map(stopBy))))
})
