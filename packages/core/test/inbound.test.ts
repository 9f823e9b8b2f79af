import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import { EventStores } from "@reventless/core/EventStores"
import { Inbound, type InboundRequest } from "@reventless/core/Inbound"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import * as IndexPlan from "@reventless/core/IndexPlan"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import * as Query from "@reventless/core/Query"
import * as Webhook from "@reventless/core/Webhook"
import { WorkStores } from "@reventless/core/WorkStore"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as Payments from "./fixtures/payments.ts"

const now = 1_700_000_000_000
const seconds = now / 1000
const bytes = (text: string) => new TextEncoder().encode(text)
const payment = { orderId: "o-1", amount: 1200 }

const config = ConfigProvider.layer(ConfigProvider.fromUnknown(Payments.variable))
const platform = (plugin: Plugin.Plugin<string, never> = Payments.Shop) =>
  Platform.layer({ version: "1.0.0", plugins: [plugin] }).pipe(
    Layer.provideMerge(Layer.fresh(Platform.layerMemory)),
    Layer.provide(config)
  )

const test = <A, E>(
  body: Effect.Effect<A, E, Inbound | CommandBus | Operations | EventStores | WorkStores>
): Effect.Effect<A, E | Platform.StartError> =>
  // Before the platform starts: the workers wake up again and again while the clock is moved.
  Effect.andThen(TestClock.setTime(now), Effect.provide(body, platform())) as Effect.Effect<A, E | Platform.StartError>

interface Delivery {
  readonly name?: string
  readonly id?: string
  readonly timestamp?: number
  readonly body?: unknown
  readonly secret?: Redacted.Redacted<string>
}

/** A request as its sender signs it. */
const signed = (
  { body = payment, id = "msg_1", name = "PaymentReceived", secret, timestamp = seconds }: Delivery = {}
) =>
  Effect.gen(function*() {
    const text = typeof body === "string" ? body : JSON.stringify(body)
    const headers = yield* Webhook.sign(secret ?? Payments.secret, { id, timestamp, body: text })
    const request: InboundRequest = {
      plugin: "Shop",
      name,
      id: headers["webhook-id"],
      timestamp: headers["webhook-timestamp"],
      signature: headers["webhook-signature"],
      body: bytes(text)
    }
    return request
  })

const receive = (request: InboundRequest) => Effect.flatMap(Inbound, (inbound) => inbound.receive(request))
const deliver = (delivery?: Delivery) => Effect.flatMap(signed(delivery), receive)

/** Why a request is refused. */
const refusal = <A, E extends { readonly _tag: string; readonly reason?: unknown }, R>(
  effect: Effect.Effect<A, E, R>
) => Effect.map(Effect.flip(effect), (error) => error.reason ?? error._tag)

/** Waits until what can be done now is done. */
const settled = Effect.gen(function*() {
  const store = yield* Effect.flatMap(WorkStores, (stores) => stores.of("Shop"))
  for (const queue of ["PaymentReceived", "PaymentReceivedLater", "PaymentTold"].map((name) => `inbound.${name}`)) {
    while (true) {
      const time = yield* Clock.currentTimeMillis
      const leased = yield* store.list(queue, { state: "Leased", limit: 1 })
      const next = leased.length > 0 ? time : yield* store.next(queue)
      if (next === undefined || next > time) break
      yield* Effect.yieldNow
    }
  }
}).pipe(Effect.scoped)

const place = (orderId: string) =>
  Effect.flatMap(CommandBus, (bus) => bus.send(Payments.PlaceOrder, { orderId: Payments.OrderId.make(orderId) }))

const paid = Effect.gen(function*() {
  const { store } = yield* (yield* EventStores).of({ name: "Shop", plan: IndexPlan.open })
  return yield* Stream.runCollect(store.read(Query.make({ types: ["OrderPaid"], tags: ["order:o-1"] })))
}).pipe(Effect.scoped)

const records = (slice = "Shop.PaymentReceived", filter = {}) =>
  Effect.flatMap(Operations, (operations) => operations.inbound(slice, filter))

/** What the record says, the newest first. */
const told = (slice?: string) =>
  Effect.map(records(slice), ({ inbound }) => inbound.map(({ refusal, status }) => refusal ?? status))

describe("an inbound translation", () => {
  it.effect("takes a signed delivery and sends the command that it means", () =>
    test(Effect.gen(function*() {
      yield* place("o-1")
      assert.deepStrictEqual(yield* deliver(), { status: "Accepted", deliveryId: "msg_1" })
      yield* settled
      const [event, ...more] = yield* paid
      assert.deepStrictEqual([event?.data, more.length], [{ ...payment, orderId: "o-1" }, 0])
      const { inbound: [record] } = yield* records()
      assert.deepInclude(record, { status: "Translated", deliveryId: "msg_1", receivedAt: now, attempts: 1 })
      assert.deepStrictEqual(record?.sent.map(({ target }) => target), ["Shop.PayOrder"])
      assert.strictEqual(event?.meta.causationId, record?.sent[0]?.messageId)
      assert.strictEqual(event?.meta.correlationId, record?.id)
      assert.deepStrictEqual(event?.meta.principal, Principal.system)
    })))

  it.effect("stores no field that its definition doesn't name", () =>
    test(
      Effect.gen(function*() {
        yield* place("o-1")
        yield* deliver({ body: { ...payment, card: "4111111111111111" } })
        yield* settled
        const store = yield* Effect.flatMap(WorkStores, (stores) => stores.of("Shop"))
        const [item] = yield* store.list("inbound.PaymentReceived", { state: "Done", limit: 10 })
        assert.notInclude(JSON.stringify(item), "4111")
      }).pipe(Effect.scoped)
    ))

  it.effect("is done once, however often the sender sends it", () =>
    test(Effect.gen(function*() {
      yield* place("o-1")
      yield* deliver()
      yield* settled
      for (let attempt = 1; attempt <= 3; attempt++) {
        const again = yield* deliver({ timestamp: seconds + attempt })
        assert.deepStrictEqual(again, { status: "Duplicate", deliveryId: "msg_1" })
      }
      yield* settled
      assert.strictEqual((yield* paid).length, 1)
      assert.deepStrictEqual(yield* told(), ["Duplicate", "Duplicate", "Duplicate", "Translated"])
    })))

  it.effect("refuses the very same request a second time, accepted or duplicate or malformed", () =>
    test(Effect.gen(function*() {
      yield* place("o-1")
      const first = yield* signed()
      const again = yield* signed({ timestamp: seconds + 1 })
      const malformed = yield* signed({ id: "msg_2", body: { orderId: "o-1" } })
      for (const request of [first, again, malformed]) {
        yield* Effect.exit(receive(request))
        for (let time = 0; time < 3; time++) assert.strictEqual(yield* refusal(receive(request)), "Replayed")
      }
      yield* settled
      assert.strictEqual((yield* paid).length, 1)
    })))

  it.effect("refuses another body under an id that was accepted", () =>
    test(Effect.gen(function*() {
      yield* place("o-1")
      yield* deliver()
      const other = { body: { ...payment, amount: 1 } }
      assert.strictEqual(yield* refusal(deliver({ ...other, timestamp: seconds + 1 })), "IdReused")
      assert.strictEqual(yield* refusal(deliver(other)), "IdReused")
      yield* settled
      assert.deepStrictEqual((yield* paid).map(({ data }) => (data as any).amount), [1200])
    })))

  it.effect("refuses what isn't signed, is signed by somebody else, or was changed on the way", () =>
    test(Effect.gen(function*() {
      const good = yield* signed()
      const bad: ReadonlyArray<Partial<InboundRequest>> = [
        { signature: undefined },
        { id: undefined },
        { timestamp: undefined },
        { signature: "" },
        { signature: "v1,AAAA" },
        { id: "msg_2" },
        { timestamp: String(seconds + 1) },
        { timestamp: "soon" },
        { body: bytes(JSON.stringify({ ...payment, amount: 1 })) },
        { body: new Uint8Array() }
      ]
      for (const change of bad) assert.strictEqual(yield* refusal(receive({ ...good, ...change })), "BadSignature")
      const foreign = Redacted.make("somebody else's secret")
      assert.strictEqual(yield* refusal(deliver({ secret: foreign })), "BadSignature")
      assert.deepStrictEqual(yield* told(), Array(bad.length + 1).fill("BadSignature"))
      assert.deepStrictEqual(yield* deliver(), { status: "Accepted", deliveryId: "msg_1" })
    })))

  it.effect("takes a request for five minutes before and after its time, to the second", () =>
    test(Effect.gen(function*() {
      for (const off of [-300, 300]) {
        assert.strictEqual((yield* deliver({ id: `in${off}`, timestamp: seconds + off })).status, "Accepted")
      }
      for (const off of [-301, 301, -1_000_000, 1_000_000]) {
        const request = { id: `out${off}`, timestamp: seconds + off }
        assert.strictEqual(yield* refusal(deliver(request)), "OutsideTolerance")
      }
    })))

  it.effect("can tolerate more or less", () =>
    Effect.gen(function*() {
      class Hasty extends InboundTranslationSlice.make("Hasty", { input: {}, sends: [], tolerance: "10 seconds" }) {}
      const HastyLive = Hasty.translation({
        secret: Effect.succeed(Payments.secret),
        translate: () => Effect.undefined
      })
      const Fast = Plugin.make("Shop", { version: "1.0.0", inboundTranslationSlices: [HastyLive] })
      yield* TestClock.setTime(now)
      yield* Effect.gen(function*() {
        const hasty = { name: "Hasty", body: {} }
        assert.strictEqual((yield* deliver({ ...hasty, timestamp: seconds - 10 })).status, "Accepted")
        assert.strictEqual(yield* refusal(deliver({ ...hasty, id: "b", timestamp: seconds - 11 })), "OutsideTolerance")
      }).pipe(Effect.provide(platform(Fast)))
    }))

  it.effect("says which field is malformed, and takes the id again with a right body", () =>
    test(Effect.gen(function*() {
      const error = yield* Effect.flip(deliver({ body: { orderId: "", amount: "12" } }))
      assert.strictEqual(error._tag, "InboundRefused")
      if (error._tag === "InboundRefused") {
        assert.strictEqual(error.reason, "Malformed")
        assert.deepStrictEqual(error.issues.map(({ path }) => path).sort(), ["amount", "orderId"])
      }
      for (const [id, body] of [["b", "{"], ["c", ""], ["d", "[]"], ["e", "null"]] as const) {
        assert.strictEqual(yield* refusal(deliver({ id, body })), "Malformed")
      }
      const { inbound } = yield* records()
      assert.strictEqual(inbound.length, 5)
      assert.include(inbound.at(-1)?.reason, "amount")
      assert.strictEqual((yield* deliver({ timestamp: seconds + 1 })).status, "Accepted")
    })))

  it.effect("doesn't take what isn't UTF-8", () =>
    test(Effect.gen(function*() {
      const body = new Uint8Array([0x22, 0xff, 0x22])
      const headers = yield* Webhook.sign(Payments.secret, { id: "m", timestamp: seconds, body })
      const request = {
        plugin: "Shop",
        name: "PaymentReceived",
        id: "m",
        timestamp: headers["webhook-timestamp"],
        signature: headers["webhook-signature"],
        body
      }
      assert.strictEqual(yield* refusal(receive(request)), "Malformed")
    })))

  it.effect("is tried again when its command is rejected, then parked with the reason, and replayed", () =>
    test(Effect.gen(function*() {
      const operations = yield* Operations
      yield* deliver()
      yield* settled
      assert.deepInclude((yield* records()).inbound[0], { status: "Accepted", attempts: 1 })
      for (let attempt = 2; attempt <= 3; attempt++) {
        yield* TestClock.adjust("1 minute")
        yield* settled
      }
      const { inbound: [record] } = yield* records()
      assert.deepInclude(record, { status: "Parked", attempts: 3 })
      assert.include(record?.reason, "OrderUnknown")
      yield* place("o-1")
      yield* operations.replayWork("Shop", "inbound.PaymentReceived", record!.id)
      yield* settled
      assert.strictEqual((yield* paid).length, 1)
      assert.deepStrictEqual(yield* told(), ["Translated"])
    })))

  it.effect("tries a command again that is decided later, and sends none twice", () =>
    test(Effect.gen(function*() {
      yield* deliver({ name: "PaymentReceivedLater" })
      yield* settled
      assert.deepInclude((yield* records("Shop.PaymentReceivedLater")).inbound[0], { status: "Accepted", attempts: 1 })
      yield* place("o-1")
      yield* TestClock.adjust("1 minute")
      yield* settled
      assert.deepInclude((yield* records("Shop.PaymentReceivedLater")).inbound[0], {
        status: "Translated",
        attempts: 2
      })
      assert.strictEqual((yield* paid).length, 1)
    })))

  it.effect("verifies by any of its secrets", () =>
    test(Effect.gen(function*() {
      const name = "PaymentReceivedLater"
      const old = Redacted.make("the old secret, long enough")
      assert.strictEqual((yield* deliver({ name, id: "a", secret: old })).status, "Accepted")
      assert.strictEqual((yield* deliver({ name, id: "b" })).status, "Accepted")
    })))

  it.effect("is refused without a signature to whoever may not send, when its definition says that it isn't signed", () =>
    test(Effect.gen(function*() {
      yield* place("o-1")
      const request: InboundRequest = {
        plugin: "Shop",
        name: "PaymentTold",
        id: undefined,
        timestamp: undefined,
        signature: undefined,
        body: bytes(JSON.stringify(payment))
      }
      const as = (principal: Principal.Principal, request: InboundRequest) =>
        Effect.provideService(receive(request), Principal.CurrentPrincipal, principal)
      const cashier = Principal.user("ada", ["cashiers"])
      assert.strictEqual(yield* refusal(as(Principal.anonymous, request)), "AccessDenied")
      assert.strictEqual(yield* refusal(as(Principal.user("bob"), request)), "AccessDenied")
      const first = yield* as(cashier, request)
      const second = yield* as(cashier, request)
      assert.deepStrictEqual([first.status, second.status], ["Accepted", "Accepted"])
      assert.notStrictEqual(first.deliveryId, second.deliveryId)
      const named = { ...request, id: "n" }
      assert.strictEqual((yield* as(cashier, named)).status, "Accepted")
      assert.strictEqual((yield* as(cashier, named)).status, "Duplicate")
      const other = { ...named, body: bytes(JSON.stringify({ ...payment, amount: 1 })) }
      assert.strictEqual(yield* refusal(as(cashier, other)), "IdReused")
      assert.strictEqual(yield* refusal(as(cashier, { ...request, id: "a.b" })), "Malformed")
      yield* settled
      assert.strictEqual((yield* paid).length, 3)
    })))

  it.effect("isn't known by another name", () =>
    test(Effect.gen(function*() {
      assert.strictEqual(yield* refusal(deliver({ name: "PaymentReceive" })), "UnknownInbound")
      const error = yield* Effect.flip(records("Shop.PaymentReceive"))
      assert.include(error.message, "Shop.PaymentReceived, Shop.PaymentReceivedLater, Shop.PaymentTold")
    })))

  it.effect("takes one of twenty deliveries that come at once, and one of twenty equal requests", () =>
    test(Effect.gen(function*() {
      yield* place("o-1")
      const many = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, index) => index),
        (index) => deliver({ timestamp: seconds + index }),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(many.filter(({ status }) => status === "Accepted").length, 1)
      const request = yield* signed({ id: "msg_2" })
      const same = yield* Effect.forEach(Array.from({ length: 20 }), () => Effect.exit(receive(request)), {
        concurrency: "unbounded"
      })
      assert.strictEqual(same.filter(Exit.isSuccess).length, 1)
      yield* settled
      assert.strictEqual((yield* paid).length, 2)
    })))

  it.effect("takes one of two deliveries that both looked before either was stored", () =>
    Effect.gen(function*() {
      const racing = Layer.effect(
        WorkStores,
        Effect.gen(function*() {
          const { of } = yield* WorkStores
          const both = yield* Deferred.make<void>()
          let looked = 0
          return {
            of: (plugin) =>
              Effect.map(of(plugin), (store) => ({
                ...store,
                get: (queue, id) =>
                  queue !== "inbound.PaymentReceived" || looked >= 2 ? store.get(queue, id) : Effect.tap(
                    store.get(queue, id),
                    () => ++looked === 2 ? Deferred.succeed(both, undefined) : Deferred.await(both)
                  )
              }))
          }
        })
      )
      const platform = Platform.layer({ version: "1.0.0", plugins: [Payments.Shop] }).pipe(
        Layer.provideMerge(Layer.provideMerge(racing, Layer.fresh(Platform.layerMemory))),
        Layer.provide(config)
      )
      yield* TestClock.setTime(now)
      yield* Effect.gen(function*() {
        yield* place("o-1")
        const answers = yield* Effect.all([deliver(), deliver({ timestamp: seconds + 1 })], { concurrency: 2 })
        assert.deepStrictEqual(answers.map(({ status }) => status).sort(), ["Accepted", "Duplicate"])
        yield* settled
        assert.strictEqual((yield* paid).length, 1)
      }).pipe(Effect.provide(platform))
    }))

  it.effect("that hangs, or sends what its definition doesn't list, has failed", () =>
    Effect.gen(function*() {
      class Stuck extends InboundTranslationSlice.make("PaymentReceived", {
        input: { hangs: Schema.Boolean },
        sends: [Payments.PayOrder],
        attempts: 1
      }) {}
      const StuckLive = Stuck.translation({
        secret: Effect.succeed(Payments.secret),
        translate: ({ hangs }) => {
          const command = { orderId: Payments.OrderId.make("o-1") }
          return hangs ? Effect.never : Effect.succeed(publishCommand(Payments.PlaceOrder, command) as any)
        }
      })
      const Hanging = Plugin.make("Shop", {
        version: "1.0.0",
        stateChangeSlices: Payments.Shop.stateChangeSlices as ReadonlyArray<never>,
        inboundTranslationSlices: [StuckLive]
      })
      yield* TestClock.setTime(now)
      yield* Effect.gen(function*() {
        yield* deliver({ id: "a", body: { hangs: true } })
        yield* deliver({ id: "b", body: { hangs: false } })
        yield* TestClock.adjust("29 seconds")
        const before = (yield* records()).inbound.map(({ status }) => status)
        assert.deepStrictEqual(before, ["Parked", "Accepted"])
        yield* TestClock.adjust("1 second")
        yield* settled
        const [foreign, hung] = (yield* records()).inbound
        assert.include(foreign?.reason, "'PlaceOrder', which 'PaymentReceived' doesn't list")
        assert.deepInclude(hung, { status: "Parked", reason: "translate took longer than 30s" })
      }).pipe(Effect.provide(platform(Hanging)))
    }))

  it.effect("sends what is delayed when its time has come, once", () =>
    Effect.gen(function*() {
      class PaidLater extends InboundTranslationSlice.make("PaymentReceived", {
        input: { orderId: Schema.String, amount: Schema.Int },
        sends: [Payments.PayOrder, Payments.PlaceOrder]
      }) {}
      const PaidLaterLive = PaidLater.translation({
        secret: Effect.succeed(Payments.secret),
        translate: ({ amount, orderId }) => {
          const id = Payments.OrderId.make(orderId)
          return Effect.succeed([
            publishCommand(Payments.PlaceOrder, { orderId: id }),
            publishCommandDelayed("30 minutes", Payments.PayOrder, { orderId: id, amount })
          ])
        }
      })
      const Later = Plugin.make("Shop", {
        version: "1.0.0",
        stateChangeSlices: Payments.Shop.stateChangeSlices as ReadonlyArray<never>,
        inboundTranslationSlices: [PaidLaterLive]
      })
      yield* TestClock.setTime(now)
      yield* Effect.gen(function*() {
        yield* deliver()
        yield* settled
        yield* TestClock.adjust("29 minutes")
        assert.strictEqual((yield* paid).length, 0)
        yield* TestClock.adjust("1 minute")
        while ((yield* paid).length === 0) yield* Effect.yieldNow
        yield* TestClock.adjust("1 hour")
        assert.strictEqual((yield* paid).length, 1)
      }).pipe(Effect.provide(platform(Later)))
    }))
})

describe("the record of what came in", () => {
  it.effect("is paged, the newest first, each input once", () =>
    test(Effect.gen(function*() {
      yield* place("o-1")
      for (let index = 0; index < 7; index++) {
        yield* deliver({ id: `msg_${index}` })
        yield* Effect.exit(deliver({ id: `msg_${index}`, secret: Redacted.make("somebody else's secret") }))
        yield* deliver({ id: `msg_${index}`, timestamp: seconds + 1 })
        if (index === 3) yield* settled
      }
      const whole = (yield* records()).inbound
      assert.strictEqual(whole.length, 21)
      assert.deepStrictEqual(
        whole.map(({ deliveryId }) => deliveryId),
        [6, 5, 4, 3, 2, 1, 0].flatMap((index) => Array(3).fill(`msg_${index}`))
      )
      const pages: Array<unknown> = []
      let cursor: string | undefined
      do {
        const page = yield* records(undefined, { limit: 4, cursor })
        pages.push(...page.inbound)
        cursor = page.cursor
      } while (cursor !== undefined)
      assert.deepStrictEqual(pages, [...whole])
    })))

  it.effect("keeps the latest thousand requests of unknown senders, and all that was accepted", () =>
    test(
      Effect.gen(function*() {
        yield* deliver({ id: "kept" })
        yield* Effect.exit(deliver({ id: "malformed", body: {} }))
        const request = { ...(yield* signed()), signature: "v1,AAAA" }
        for (let index = 0; index < 1500; index++) {
          yield* Effect.exit(receive({ ...request, id: `m${index}`, body: new Uint8Array(100) }))
        }
        const store = yield* Effect.flatMap(WorkStores, (stores) => stores.of("Shop"))
        const unverified = yield* store.list("inbound.PaymentReceived.unverified", { limit: Infinity })
        assert.isAtLeast(unverified.length, 1000)
        assert.isBelow(unverified.length, 1100)
        const latest = unverified.map(({ content }) => (content as { readonly deliveryId: string }).deliveryId)
        assert.deepStrictEqual(latest.slice(-1000), Array.from({ length: 1000 }, (_, index) => `m${index + 500}`))
        assert.strictEqual((yield* store.list("inbound.PaymentReceived.verified", { limit: Infinity })).length, 1)
        assert.strictEqual(
          (yield* store.get("inbound.PaymentReceived.unverified", unverified[0]!.id))?.state,
          "Pending"
        )
      }).pipe(Effect.scoped)
    ))

  it.effect("keeps of an endless id its beginning", () =>
    test(Effect.gen(function*() {
      yield* Effect.exit(receive({ ...(yield* signed()), id: "\ud800".repeat(100_000) }))
      assert.strictEqual((yield* records()).inbound[0]?.deliveryId?.length, 256)
    })))

  it.effect("is nobody's but the operators'", () =>
    test(Effect.gen(function*() {
      const asked = Effect.provideService(records(), Principal.CurrentPrincipal, Principal.user("ada"))
      assert.strictEqual((yield* Effect.flip(asked))._tag, "AccessDenied")
    })))

  it.effect("has no cursor of another slice, nor a page of no length", () =>
    test(Effect.gen(function*() {
      for (let index = 0; index < 2; index++) yield* deliver({ id: `msg_${index}` })
      const { cursor } = yield* records(undefined, { limit: 1 })
      for (const filter of [{ cursor: "x" }, { limit: 0 }, { limit: 1001 }]) {
        assert.strictEqual((yield* Effect.flip(records(undefined, filter)))._tag, "InvalidQuery")
      }
      assert.strictEqual((yield* Effect.flip(records("Shop.PaymentTold", { cursor })))._tag, "InvalidQuery")
    })))
})

describe("a platform with inbound translations", () => {
  const starting = (secret: Effect.Effect<InboundTranslationSlice.Secrets, unknown>) => {
    class Signed extends InboundTranslationSlice.make("Signed", { input: {}, sends: [] }) {}
    const SignedLive = Signed.translation({ secret, translate: () => Effect.undefined })
    const plugin = Plugin.make("Shop", { version: "1.0.0", inboundTranslationSlices: [SignedLive] })
    return Effect.flip(Effect.scoped(Layer.build(platform(plugin))))
  }

  it.effect("doesn't start without a secret; the error names the slice and the variable", () =>
    Effect.gen(function*() {
      const error = yield* starting(Config.Redacted("SHOP_SECRET"))
      assert.strictEqual(error._tag, "InvalidPlatform")
      assert.include(error.message, "Shop.Signed")
      assert.include(error.message, "SHOP_SECRET")
    }))

  it.effect("doesn't start with a secret that can't be used, and doesn't say what it is", () =>
    Effect.gen(function*() {
      for (const secret of ["", "tiny", "whsec_!!!!"]) {
        const error = yield* starting(Effect.succeed(Redacted.make(secret)))
        assert.strictEqual(error._tag, "InvalidPlatform")
        assert.include(error.message, "Shop.Signed")
        assert.isTrue(secret === "" || !error.message.includes(secret))
      }
      assert.strictEqual((yield* starting(Effect.succeed([])))._tag, "InvalidPlatform")
    }))

  it("has no definition that is neither signed nor says who may send", () => {
    const make = (options: object) => () =>
      InboundTranslationSlice.make("Told", { input: {}, sends: [], ...options } as any)
    assert.throws(make({ signed: false }), /'Told' isn't signed/)
    assert.throws(make({ access: Access.anyone }), /'Told' is signed/)
    assert.throws(make({ signed: false, access: Access.owner("id") }), /no owner/)
    assert.throws(make({ attempts: 0 }), /at least 1/)
  })
})
