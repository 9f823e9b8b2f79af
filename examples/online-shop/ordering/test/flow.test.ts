/** What follows from what inside of ordering, by the clock of the test. The whole shop's test has what crosses plugins. */
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { Inbound } from "@reventless/core/Inbound"
import { Operations } from "@reventless/core/Operations"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Webhook from "@reventless/core/Webhook"
import { Offers, Ordering, Orders, PlaceOrder, ShipOrder } from "@reventless/example-ordering"
import { Buyer } from "@reventless/example-ordering/Buyer/Buyer"
import { Offer } from "@reventless/example-ordering/Offer/Offer"
import { PayOrder } from "@reventless/example-ordering/PayOrder/PayOrder"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { ada, offer, order, orderId, payment, productId, trackingCode } from "./fixtures.ts"
import { secret as webhookSecret, Sent, Shop } from "./services.ts"

/** Two kettles for Ada. */
const place = Effect.gen(function*() {
  const bus = yield* CommandBus
  yield* bus.send(Offer.commands.OfferProduct, offer)
  yield* bus.send(Offer.commands.StockOffer, { productId, count: 3 })
  yield* bus.send(Buyer.commands.AdmitBuyer, ada)
  yield* bus.send(PlaceOrder, order)
  yield* TestPlatform.settled
})

const status = Effect.gen(function*() {
  yield* TestPlatform.settled
  const queries = yield* QueryEngine
  return Option.getOrThrow(yield* queries.get(Orders, orderId)).status
})

/** A payment as its provider tells of it, by a webhook. */
const received = Effect.fnUntraced(function*(input: object, id = "msg-1", secret = webhookSecret) {
  const body = JSON.stringify(input)
  const headers = yield* Webhook.sign(Redacted.make(secret), { id, body })
  const inbound = yield* Inbound
  return yield* inbound.receive({
    plugin: "Ordering",
    name: "PaymentReceived",
    id,
    timestamp: headers["webhook-timestamp"],
    signature: headers["webhook-signature"],
    body: new TextEncoder().encode(body)
  })
})

const paid = { payment: payment.paymentId, reference: orderId, ...payment.amount }

/** The clock moves until nothing is due any more. */
const minutesPass = Effect.fnUntraced(function*(minutes: number) {
  for (let minute = 0; minute < minutes; minute++) {
    yield* TestClock.adjust("1 minute")
    yield* TestPlatform.settled
  }
})

describe("an order", () => {
  it.effect("is paid, and shipped when somebody says so", () =>
    Effect.gen(function*() {
      yield* place
      assert.strictEqual(yield* status, "placed")
      const bus = yield* CommandBus
      yield* bus.send(PayOrder, payment)
      assert.strictEqual(yield* status, "paid")
      yield* bus.send(ShipOrder, { orderId, trackingCode })
      assert.strictEqual(yield* status, "shipped")
      const history = (yield* TestPlatform.events(Ordering)).map(({ _tag }) => _tag)
      assert.deepStrictEqual(history.slice(3), ["OrderPlaced", "OrderPaid", "OrderShipped"])
    }).pipe(Effect.provide(Shop)))

  it.effect("that isn't paid within half an hour is cancelled, and its goods are on offer again", () =>
    Effect.gen(function*() {
      yield* place
      yield* minutesPass(29)
      assert.strictEqual(yield* status, "placed")
      yield* minutesPass(2)
      assert.strictEqual(yield* status, "cancelled")
      const queries = yield* QueryEngine
      const row = yield* queries.get(Offers, productId)
      assert.strictEqual(Option.getOrThrow(row).left, 3)
    }).pipe(Effect.provide(Shop)))

  it.effect("that is paid is left alone when half an hour has passed", () =>
    Effect.gen(function*() {
      yield* place
      const bus = yield* CommandBus
      yield* bus.send(PayOrder, payment)
      yield* minutesPass(31)
      assert.strictEqual(yield* status, "paid")
      const operations = yield* Operations
      const { work } = yield* operations.work({ plugin: "Ordering", state: "Parked" })
      assert.deepStrictEqual(work, [])
    }).pipe(Effect.provide(Shop)))

  it.effect("is confirmed by one mail, under one key however often that is tried", () =>
    Effect.gen(function*() {
      const sent = yield* Sent
      sent.failures = 2
      yield* place
      yield* minutesPass(1)
      assert.strictEqual(sent.calls.length, 3)
      assert.strictEqual(new Set(sent.calls.map(({ key }) => key)).size, 1)
      assert.deepStrictEqual(sent.calls[0]!.mail, {
        to: "ada",
        subject: "Your order 1001",
        text: "2 × Kettle, 158.00 EUR in all. We ship when it is paid."
      })
    }).pipe(Effect.provide(Shop)))
})

describe("a payment", () => {
  it.effect("that its provider tells of is one payment however often it is told", () =>
    Effect.gen(function*() {
      yield* place
      assert.strictEqual((yield* received(paid)).status, "Accepted")
      assert.strictEqual(yield* status, "paid")
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* received(paid)).status, "Duplicate")
      assert.strictEqual((yield* received(paid, "msg-2")).status, "Accepted")
      yield* minutesPass(5)
      const history = (yield* TestPlatform.events(Ordering)).map(({ _tag }) => _tag)
      assert.deepStrictEqual(history.slice(3), ["OrderPlaced", "OrderPaid"])
      const operations = yield* Operations
      assert.deepStrictEqual((yield* operations.work({ plugin: "Ordering", state: "Parked" })).work, [])
    }).pipe(Effect.provide(Shop)))

  it.effect("that somebody else tells of changes nothing", () =>
    Effect.gen(function*() {
      yield* place
      const refused = yield* Effect.flip(received(paid, "msg-1", "another secret of theirs"))
      assert.strictEqual(refused._tag === "InboundRefused" && refused.reason, "BadSignature")
      assert.strictEqual(yield* status, "placed")
    }).pipe(Effect.provide(Shop)))

  it.effect("of too little waits for a person, with the reason", () =>
    Effect.gen(function*() {
      yield* place
      yield* received({ ...paid, amount: 1 })
      yield* minutesPass(10)
      assert.strictEqual(yield* status, "placed")
      const operations = yield* Operations
      const { work } = yield* operations.work({ plugin: "Ordering", state: "Parked" })
      assert.strictEqual(work.length, 1)
      assert.include(work[0]!.reason, "WrongAmount")
    }).pipe(Effect.provide(Shop)))
})
