import * as Access from "@reventless/core/Access"
import { publishCommand } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import * as Plugin from "@reventless/core/Plugin"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"

class Vault extends Context.Service<Vault, { readonly secret: Effect.Effect<Redacted.Redacted> }>()("Vault") {}

const OrderId = Id.make("order")
class OrderPaid extends Event.make("OrderPaid", { orderId: OrderId }) {}
const command = { command: { orderId: OrderId }, consumes: [], produces: [OrderPaid] } as const
class PayOrder extends StateChangeSlice.make("PayOrder", command) {}
class Refund
  extends StateChangeSlice.make("Refund", { ...command, command: { orderId: OrderId, cents: Schema.Int } })
{}

class Paid extends InboundTranslationSlice.make("Paid", { input: { order: Schema.String }, sends: [PayOrder] }) {}
class Told extends InboundTranslationSlice.make("Told", {
  input: Schema.Union([Schema.String, Schema.Int]),
  sends: [PayOrder],
  signed: false,
  access: Access.anyone
}) {}

const secret = Config.Redacted("SECRET")
const orderId = OrderId.make("o")

describe("an inbound translation", () => {
  test("shows the services that its program and its secret need", () => {
    const live = Paid.translation({
      secret: Effect.flatMap(Vault, (vault) => vault.secret),
      translate: ({ order }) => Effect.as(QueryEngine, publishCommand(PayOrder, { orderId: OrderId.make(order) }))
    })
    expect(live).type.toBe<InboundTranslationSlice.Behavior<"Paid", Vault | QueryEngine, typeof Paid>>()
    expect(Plugin.make("P", { version: "1.0.0", inboundTranslationSlices: [live] }))
      .type.toBe<Plugin.Plugin<"P", Vault | QueryEngine, never, never>>()
  })

  test("gives its program what the schema says", () => {
    Told.translation({
      translate: (input, context) => {
        expect(input).type.toBe<string | number>()
        expect(context.deliveryId).type.toBe<string>()
        return Effect.undefined
      }
    })
  })

  test("needs a secret, unless its definition says that it isn't signed; then it has none", () => {
    expect(Paid.translation).type.not.toBeCallableWith({ translate: () => Effect.undefined })
    expect(Told.translation).type.not.toBeCallableWith({ secret, translate: () => Effect.undefined })
    expect(Told.translation).type.toBeCallableWith({ translate: () => Effect.undefined })
  })

  test("that isn't signed says who may send; one that is doesn't", () => {
    const input = { order: Schema.String }
    expect(InboundTranslationSlice.make).type.not.toBeCallableWith("A", { input, sends: [PayOrder], signed: false })
    expect(InboundTranslationSlice.make).type.not.toBeCallableWith("A", {
      input,
      sends: [PayOrder],
      access: Access.anyone
    })
  })

  test("sends to the targets that its definition lists, and what they take", () => {
    const refund = () => Effect.succeed(publishCommand(Refund, { orderId, cents: 1 }))
    expect(Paid.translation).type.not.toBeCallableWith({ secret, translate: refund })
    expect(publishCommand).type.not.toBeCallableWith(PayOrder, { order: "o" })
  })
})
