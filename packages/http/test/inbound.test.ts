import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { publishCommand } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Webhook from "@reventless/core/Webhook"
import * as HttpServer from "@reventless/http/HttpServer"
import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { openPage } from "./fixtures/page.ts"
import { ask, kind, layerMemory, Logged, problem, resolver, Stored } from "./fixtures/server.ts"

const OrderId = Id.make("order")
class OrderPaid extends Event.make("OrderPaid", { orderId: OrderId, amount: Schema.Int }) {}
class PayOrder extends StateChangeSlice.make("PayOrder", {
  command: { orderId: OrderId, amount: Schema.Int },
  consumes: [],
  produces: [OrderPaid]
}) {}
const PayOrderLive = PayOrder.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([OrderPaid.make(command)])
})

const input = { orderId: Schema.NonEmptyString, amount: Schema.Int }
class PaymentReceived extends InboundTranslationSlice.make("PaymentReceived", {
  input,
  sends: [PayOrder],
  description: "What the payment provider tells."
}) {}
class PaymentTold extends InboundTranslationSlice.make("PaymentTold", {
  input,
  sends: [PayOrder],
  signed: false,
  access: Access.groups("cashiers")
}) {}

const secret = Redacted.make("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
const pay = ({ amount, orderId }: { readonly orderId: string; readonly amount: number }) =>
  Effect.succeed(publishCommand(PayOrder, { orderId: OrderId.make(orderId), amount }))

const Shop = Plugin.make("OnlineShop", {
  version: "1.0.0",
  stateChangeSlices: [PayOrderLive],
  inboundTranslationSlices: [
    PaymentReceived.translation({ secret: Effect.succeed(secret), translate: pay }),
    PaymentTold.translation({ translate: pay })
  ]
})

const shop = (operators: Access.Access = Access.groups("operators")) =>
  HttpServer.layer({ port: 0, drainTimeout: "600 millis" }).pipe(
    Layer.provideMerge(Platform.layer({ version: "1.0.0", plugins: [Shop], operators })),
    Layer.provideMerge(layerMemory),
    Layer.provide(resolver),
    Layer.provideMerge(Logged.layer)
  )

const path = "/online-shop/inbound/PaymentReceived"
const payment = JSON.stringify({ orderId: "o-1", amount: 1200 })

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
  ask(path, { method: "POST", body, headers: { "content-type": "application/json", ...headers } })

/** Signs with the clock of this machine. */
const deliver = Effect.fnUntraced(function*(
  { body = payment, id = "msg_1", off = 0 }: { readonly body?: string; readonly id?: string; readonly off?: number } =
    {}
) {
  const timestamp = Math.floor(Date.now() / 1000) + off
  const headers = yield* Webhook.sign(secret, { id, timestamp, body })
  return { headers: { ...headers }, body, answer: yield* post(path, body, { ...headers }) }
})

const paid = Effect.gen(function*() {
  const stored = yield* Stored
  while (stored.length === 0) yield* Effect.sleep("5 millis")
  return stored.map(({ data }) => data)
})

describe("a webhook", () => {
  it.live("is answered with 202 when it is stored, and what it means is done", () =>
    Effect.gen(function*() {
      const { answer } = yield* deliver()
      assert.deepStrictEqual([answer.status, answer.body], [202, { status: "Accepted", deliveryId: "msg_1" }])
      assert.deepStrictEqual(yield* paid, [{ orderId: "o-1", amount: 1200 }])
    }).pipe(Effect.provide(shop())))

  it.live("is answered with 200 when it is delivered again, and with 409 when the same request comes again", () =>
    Effect.gen(function*() {
      const { body, headers } = yield* deliver()
      const again = yield* deliver({ off: 1 })
      assert.deepStrictEqual([again.answer.status, again.answer.body.status], [200, "Duplicate"])
      assert.deepStrictEqual(kind(yield* post(path, body, headers)), problem(409, "Replayed"))
      const other = yield* deliver({ off: 2, body: JSON.stringify({ orderId: "o-1", amount: 1 }) })
      assert.deepStrictEqual(kind(other.answer), problem(409, "IdReused"))
      assert.strictEqual((yield* paid).length, 1)
    }).pipe(Effect.provide(shop())))

  it.live("is signed over the very bytes of its body", () =>
    Effect.gen(function*() {
      const spaced = "{ \"amount\" : 1200,\n \"orderId\" : \"z\u00fcrich\" }\n"
      const { answer, headers } = yield* deliver({ body: spaced, id: "msg_2" })
      assert.strictEqual(answer.status, 202)
      const compact = yield* post(path, JSON.stringify(JSON.parse(spaced)), headers)
      assert.deepStrictEqual(kind(compact), problem(401, "SignatureRefused"))
    }).pipe(Effect.provide(shop())))

  it.live("that isn't signed right learns nothing: unsigned, signed by others, changed, too old, too early", () =>
    Effect.gen(function*() {
      const { headers } = yield* deliver({ id: "other" })
      const foreign = yield* Webhook.sign(Redacted.make("somebody else's secret"), { id: "m", body: payment })
      const answers = [
        yield* post(path, payment, {}),
        yield* post(path, payment, { ...foreign }),
        yield* post(path, `${payment} `, headers),
        (yield* deliver({ off: -301 })).answer,
        (yield* deliver({ off: 305 })).answer
      ]
      for (const answer of answers) assert.deepStrictEqual(kind(answer), problem(401, "SignatureRefused"))
      const details = answers.map(({ body }) => JSON.stringify({ ...body, correlationId: "" }))
      assert.strictEqual(new Set(details).size, 1)
    }).pipe(Effect.provide(shop())))

  it.live("that is malformed is answered with 400 and each field, but only to who can sign", () =>
    Effect.gen(function*() {
      const { answer } = yield* deliver({ body: "{\"orderId\":\"\",\"amount\":\"12\"}" })
      assert.deepStrictEqual(kind(answer), problem(400, "InvalidInput"))
      assert.deepStrictEqual(answer.body.errors.map(({ path }: { path: string }) => path).sort(), ["amount", "orderId"])
      assert.deepStrictEqual(kind(yield* post(path, "{}", {})), problem(401, "SignatureRefused"))
      for (const [id, body] of [["a", "{"], ["b", "[[[[".repeat(40)], ["c", "x"]] as const) {
        assert.strictEqual((yield* deliver({ id, body })).answer.status, 400)
      }
    }).pipe(Effect.provide(shop())))

  it.live("may be 1 MiB, says that it is JSON, and comes by POST", () =>
    Effect.gen(function*() {
      const whole = (length: number) => {
        const empty = JSON.stringify({ orderId: "o-1", amount: 1, note: "" })
        return JSON.stringify({ orderId: "o-1", amount: 1, note: "x".repeat(length - empty.length) })
      }
      assert.strictEqual((yield* deliver({ body: whole(1024 * 1024) })).answer.status, 202)
      assert.strictEqual((yield* deliver({ id: "b", body: whole(1024 * 1024 + 1) })).answer.status, 413)
      assert.strictEqual((yield* post(path, payment, { "content-type": "text/plain" })).status, 415)
      assert.strictEqual((yield* ask(path)).status, 405)
      assert.strictEqual((yield* post(`${path}s`, payment, {})).status, 404)
    }).pipe(Effect.provide(shop())))

  it.live("that isn't signed, by its definition, needs a caller who may send it", () =>
    Effect.gen(function*() {
      const told = (headers: Record<string, string>) => post("/online-shop/inbound/PaymentTold", payment, headers)
      assert.strictEqual((yield* told({})).status, 401)
      assert.strictEqual((yield* told({ authorization: "Bearer bob" })).status, 403)
      const ada = { authorization: "Bearer ada:cashiers" }
      assert.strictEqual((yield* told({ ...ada, "webhook-id": "m" })).status, 202)
      assert.strictEqual((yield* told({ ...ada, "webhook-id": "m" })).status, 200)
      assert.strictEqual((yield* told({ ...ada, "webhook-id": "a.b" })).status, 400)
    }).pipe(Effect.provide(shop())))

  it.live("is on record for operators, in pages", () =>
    Effect.gen(function*() {
      yield* deliver()
      yield* paid
      yield* post(path, payment, {})
      const headers = { authorization: "Bearer ada:operators" }
      const read = (query: string) => ask(`/ops/inbound/OnlineShop.PaymentReceived${query}`, { headers })
      const decode = Schema.decodeUnknownEffect(OperationsApi.Inbound)
      const first = yield* decode((yield* read("?limit=1")).body)
      const second = yield* decode((yield* read(`?limit=1&cursor=${first.cursor}`)).body)
      assert.deepStrictEqual(first.inbound.map(({ refusal, status }) => [status, refusal]), [[
        "Refused",
        "BadSignature"
      ]])
      assert.strictEqual(second.inbound[0]?.deliveryId, "msg_1")
      assert.isUndefined(second.cursor)
      assert.strictEqual((yield* ask("/ops/inbound/OnlineShop.PaymentReceived")).status, 401)
      assert.strictEqual((yield* ask("/ops/inbound/OnlineShop.Nothing", { headers })).status, 400)
    }).pipe(Effect.provide(shop())))

  it.live("is in the document and on the page, with its headers", () =>
    Effect.gen(function*() {
      const { body } = yield* ask("/openapi.json")
      const { post: operation } = body.paths[path]
      assert.strictEqual(operation["x-kind"], "inbound")
      assert.include(operation.description, "What the payment provider tells.")
      assert.deepStrictEqual(
        operation.parameters.map(({ in: where, name, required }: any) => [name, where, required]),
        [
          ["webhook-id", "header", true],
          ["webhook-timestamp", "header", true],
          ["webhook-signature", "header", true]
        ]
      )
      assert.deepStrictEqual(Object.keys(operation.responses), [
        "200",
        "202",
        "400",
        "401",
        "403",
        "409",
        "413",
        "415",
        "500",
        "503"
      ])
      const { url } = yield* HttpServer.HttpServer
      const page = yield* Effect.acquireRelease(
        Effect.promise(() => openPage(url)),
        ({ close }) => Effect.sync(close)
      )
      const id = page.entries.find((entry) => entry.includes("PaymentReceived"))!
      const typed = {
        ...(yield* Webhook.sign(secret, { id: "msg_9", timestamp: Math.floor(Date.now() / 1000), body: payment }))
      }
      assert.include(yield* Effect.promise(() => page.submit(id, { orderId: "o-1", amount: "1200", ...typed })), "202")
    }).pipe(Effect.scoped, Effect.provide(shop(Access.anyone))))
})
