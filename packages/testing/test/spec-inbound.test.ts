import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Spec from "@reventless/testing/Spec"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const OrderId = Id.make("order")
class OrderPaid extends Event.make("OrderPaid", { orderId: OrderId }) {}
const command = { command: { orderId: OrderId }, consumes: [], produces: [OrderPaid] } as const
class PayOrder extends StateChangeSlice.make("PayOrder", command) {}
class Refund extends StateChangeSlice.make("Refund", command) {}

class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", {}) {}

/** Where the provider's numbers of orders are looked up. */
class Book extends Context.Service<Book, { readonly find: (number: string) => Effect.Effect<string, Unreachable> }>()(
  "test/Book"
) {}
const book = Effect.provideService(Book, {
  find: (number) => number === "0" ? Effect.fail(new Unreachable()) : Effect.succeed(`o-${number}`)
})

class PaymentReceived extends InboundTranslationSlice.make("PaymentReceived", {
  input: { number: Schema.NonEmptyString, kind: Schema.Literals(["paid", "disputed", "stolen", "opened"]) },
  sends: [PayOrder]
}) {}

const PaymentReceivedLive = PaymentReceived.translation({
  secret: Effect.succeed(Redacted.make("a secret that nobody guesses")),
  translate: Effect.fnUntraced(function*({ kind, number }, { deliveryId }) {
    const orderId = OrderId.make(yield* (yield* Book).find(number))
    switch (kind) {
      case "paid":
        return publishCommand(PayOrder, { orderId })
      case "disputed":
        return [publishCommandDelayed("1 day", PayOrder, { orderId: OrderId.make(deliveryId) })]
      case "stolen":
        return publishCommand(Refund as unknown as typeof PayOrder, { orderId })
      case "opened":
        return undefined
    }
  })
})

const inbound = Spec.inbound(PaymentReceivedLive)
const pay = (id: string) => publishCommand(PayOrder, { orderId: OrderId.make(id) })

const messageOf = <E extends { readonly message: string }, R>(verdict: Effect.Effect<void, E, R>) =>
  Effect.map(Effect.flip(verdict), ({ message }) => message)

describe("the specification of an inbound translation", () => {
  it.effect("says which commands an input means, with their delay, or that it means none", () =>
    Effect.gen(function*() {
      yield* inbound.whenReceived({ number: "1", kind: "paid" }).thenSends([pay("o-1")])
      yield* inbound.whenReceived({ number: "1", kind: "disputed" }, { deliveryId: "d" }).thenSends([
        publishCommandDelayed("24 hours", PayOrder, { orderId: OrderId.make("d") })
      ])
      yield* inbound.whenReceived({ number: "1", kind: "opened", more: true }).thenNothing
    }).pipe(book))

  it.effect("fails with what differs", () =>
    Effect.gen(function*() {
      const paid = inbound.whenReceived({ number: "1", kind: "paid" })
      assert.include(yield* messageOf(paid.thenSends([pay("o-2")])), "o-2")
      assert.include(yield* messageOf(paid.thenNothing), "PayOrder")
      assert.include(yield* messageOf(paid.thenFails(Unreachable)), "Unreachable")
      const stolen = inbound.whenReceived({ number: "1", kind: "stolen" })
      assert.include(yield* messageOf(stolen.thenSends([])), "'sends' doesn't list")
    }).pipe(book))

  it.effect("says with which error it fails", () =>
    Effect.gen(function*() {
      const lost = inbound.whenReceived({ number: "0", kind: "paid" })
      yield* lost.thenFails(Unreachable)
      yield* lost.thenFails(new Unreachable())
      assert.include(yield* messageOf(lost.thenSends([])), "Unreachable")
    }).pipe(book))

  it.effect("says which fields are malformed", () =>
    Effect.gen(function*() {
      const bad = inbound.whenReceived({ number: "", kind: "sold" })
      yield* bad.thenMalformed("kind", "number")
      assert.include(yield* messageOf(bad.thenMalformed("kind")), "number")
      assert.include(yield* messageOf(bad.thenSends([])), "refused the input")
      const good = inbound.whenReceived({ number: "1", kind: "paid" })
      assert.include(yield* messageOf(good.thenMalformed("kind")), "took it")
    }).pipe(book))
})
