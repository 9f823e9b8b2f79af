import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as HttpClient from "@reventless/http/HttpClient"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

const OrderId = Id.make("order")
class Shipped extends Event.make("Shipped", { order: OrderId }) {}
class AlreadyShipped extends Schema.TaggedError<AlreadyShipped>()("AlreadyShipped", { order: OrderId }) {}

class Ship extends StateChangeSlice.make("Ship", {
  command: { order: OrderId },
  consumes: [Shipped],
  produces: [Shipped],
  errors: [AlreadyShipped],
  async: true
}) {}

const ShipLive = Ship.behavior({
  initial: false,
  evolve: { Shipped: () => true },
  decide: (command, shipped) =>
    shipped ? Effect.fail(new AlreadyShipped(command)) : Effect.succeed([Shipped.make(command)])
})

const Shipping = Plugin.make("Shipping", { version: "1.0.0", stateChangeSlices: [ShipLive] })

const Test = HttpServer.layer({ port: 0 }).pipe(
  Layer.provide(Platform.layer({ version: "1.0.0", plugins: [Shipping], defaultAccess: Access.anyone })),
  Layer.provide(Platform.layerMemory)
)

const order = OrderId.make("1")

const ask = (url: string, init?: RequestInit) =>
  Effect.promise(async () => {
    const response = await fetch(url, init)
    return { status: response.status, headers: response.headers, body: await response.json() as any }
  })

describe("a command that is decided later, over HTTP", () => {
  it.live("is answered with 202 and where its outcome is told", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const ship = ask(`${url}/shipping/commands/Ship`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ order })
      })
      const first = yield* ship
      assert.strictEqual(first.status, 202)
      const outcome = yield* ask(`${url}${first.headers.get("location")!}?wait=5000`)
      assert.strictEqual(outcome.status, 200)
      assert.deepInclude(outcome.body, { _tag: "CommandAccepted", messageId: first.body.messageId, eventCount: 1 })

      const second = yield* ship
      const rejected = yield* ask(`${url}${second.headers.get("location")!}?wait=5000`)
      assert.deepInclude(rejected.body, { _tag: "CommandRejected", errorCode: "AlreadyShipped" })
      assert.deepInclude(rejected.body.error, { order: "1" })

      const unknown = yield* ask(`${url}/shipping/outcomes/none`)
      assert.strictEqual(unknown.status, 404)
      assert.strictEqual(unknown.body.code, "UnknownMessage")
      const malformed = yield* ask(`${url}/shipping/outcomes/none?wait=soon`)
      assert.strictEqual(malformed.status, 400)
    }).pipe(Effect.provide(Test)))

  it.live("is the same to a client: it sends, and asks for the outcome", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      yield* Effect.gen(function*() {
        const bus = yield* CommandBus
        const { _tag, messageId } = yield* bus.send(Ship, { order })
        assert.strictEqual(_tag, "CommandPending")
        assert.deepInclude({ ...(yield* bus.outcome(messageId, { wait: "1 minute" })) }, { eventCount: 1 })
        assert.strictEqual((yield* Effect.flip(bus.outcome("none")))._tag, "UnknownMessage")
      }).pipe(
        Effect.provide(
          HttpClient.layer({ baseUrl: url, plugins: [Shipping] }).pipe(Layer.provide(FetchHttpClient.layer))
        )
      )
    }).pipe(Effect.provide(Test)))
})
