import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { publishCommand } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import { Inbound } from "@reventless/core/Inbound"
import { Operations } from "@reventless/core/Operations"
import * as Webhook from "@reventless/core/Webhook"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { spawn } from "node:child_process"
import * as path from "node:path"
import { OrderId, PayOrder, PlaceOrder } from "../inbound/orders.ts"
import { PaymentReceivedLive } from "../inbound/payments.ts"
import { Orders } from "../inbound/plugin.ts"
import { PaymentReceivedLive as Rotating } from "../inbound/rotation.ts"

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const Test = TestPlatform.layer({ plugins: [Orders], defaultAccess: Access.anyone }).pipe(
  Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ PAYMENT_WEBHOOK_SECRET: secret })))
)
const orderId = OrderId.make("o-1")

describe("what comes in from outside", () => {
  it.effect("is specified without a platform", () =>
    Effect.gen(function*() {
      // #region spec
      yield* Spec.inbound(PaymentReceivedLive)
        .whenReceived({ reference: "o-1", cents: 1200, currency: "EUR" })
        .thenSends([publishCommand(PayOrder, { orderId, amount: 1200 })])
      yield* Spec.inbound(PaymentReceivedLive)
        .whenReceived({ reference: "o-1", cents: "12.00" })
        .thenMalformed("cents")
      // #endregion spec
    }))

  it.effect("is received, translated and on record", () =>
    Effect.gen(function*() {
      yield* (yield* CommandBus).send(PlaceOrder, { orderId })
      // #region receive
      const inbound = yield* Inbound
      const body = JSON.stringify({ reference: "o-1", cents: 1200 })
      const headers = yield* Webhook.sign(Redacted.make(secret), { id: "msg_1", body })
      const received = yield* inbound.receive({
        plugin: "Orders",
        name: "PaymentReceived",
        id: headers["webhook-id"],
        timestamp: headers["webhook-timestamp"],
        signature: headers["webhook-signature"],
        body: new TextEncoder().encode(body)
      })
      assert.deepStrictEqual(received, { status: "Accepted", deliveryId: "msg_1" })
      yield* TestPlatform.settled
      // #endregion receive
      const events = yield* TestPlatform.events(Orders)
      assert.deepStrictEqual(events.map(({ _tag }) => _tag), ["OrderPlaced", "OrderPaid"])
      // #region record
      const operations = yield* Operations
      const { inbound: [record] } = yield* operations.inbound("Orders.PaymentReceived")
      assert.strictEqual(record?.status, "Translated")
      assert.deepStrictEqual(record?.sent.map(({ target }) => target), ["Orders.PayOrder"])
      // #endregion record
    }).pipe(Effect.provide(Test)))

  it.live("is signed by hand with openssl and sent with curl", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      yield* (yield* CommandBus).send(PlaceOrder, { orderId })
      const said = yield* Effect.promise(() =>
        new Promise<string>((resolve) => {
          const child = spawn("sh", [path.join(import.meta.dirname, "../inbound/send.sh")], {
            env: { ...process.env, URL: url, PAYMENT_WEBHOOK_SECRET: secret }
          })
          let text = ""
          child.stdout.setEncoding("utf8").on("data", (chunk: string) => text += chunk)
          child.on("close", () => resolve(text))
        })
      )
      assert.match(said, /^HTTP\/1.1 202/)
      assert.match(said, /\{"status":"Accepted","deliveryId":"msg_\d+"\}/)
      yield* TestPlatform.settled
      const events = yield* TestPlatform.events(Orders)
      assert.deepStrictEqual(events.map(({ _tag }) => _tag), ["OrderPlaced", "OrderPaid"])
    }).pipe(Effect.provide(HttpServer.layer({ port: 0 }).pipe(Layer.provideMerge(Test)))))

  it.effect("is verified by any of several secrets", () =>
    Effect.gen(function*() {
      const secrets = yield* Rotating.secret!.pipe(
        Effect.provideService(
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromUnknown({ PAYMENT_WEBHOOK_SECRET: "a", PAYMENT_WEBHOOK_SECRET_OLD: "b" })
        )
      )
      assert.deepStrictEqual((secrets as ReadonlyArray<Redacted.Redacted>).map(Redacted.value), ["a", "b"])
    }))
})
