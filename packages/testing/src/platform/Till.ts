/** The plugin that the checks of inbound translations run: a till that is paid by a webhook. */
import { publishCommand } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

export const BillId = Id.make("bill")
class Paid extends Event.make("Paid", { bill: BillId, cents: Schema.Int }) {}
class Opened extends Event.make("Opened", { bill: BillId }) {}
class NoBill extends Schema.TaggedError<NoBill>()("NoBill", { bill: BillId }) {}

export class Open extends StateChangeSlice.make("Open", {
  command: { bill: BillId },
  consumes: [],
  produces: [Opened]
}) {}

/** It makes its event as often as it is told to, so that what is done twice shows. */
class Pay extends StateChangeSlice.make("Pay", {
  command: { bill: BillId, cents: Schema.Int },
  consumes: [Opened, Paid],
  produces: [Paid],
  errors: [NoBill]
}) {}

class PaymentReceived extends InboundTranslationSlice.make("PaymentReceived", {
  input: { bill: Schema.NonEmptyString, cents: Schema.Int },
  sends: [Pay]
}) {}

export const secret = Redacted.make("a secret that nobody guesses")

export const make = () =>
  Plugin.make("Till", {
    version: "1.0.0",
    stateChangeSlices: [
      Open.behavior({ initial: null, evolve: {}, decide: (command) => Effect.succeed([Opened.make(command)]) }),
      Pay.behavior({
        initial: false,
        evolve: { Opened: () => true, Paid: (isOpen) => isOpen },
        decide: (command, isOpen) =>
          isOpen ? Effect.succeed([Paid.make(command)]) : Effect.fail(new NoBill({ bill: command.bill }))
      })
    ],
    inboundTranslationSlices: [
      PaymentReceived.translation({
        secret: Effect.succeed(secret),
        translate: ({ bill, cents }) => Effect.succeed(publishCommand(Pay, { bill: BillId.make(bill), cents }))
      })
    ]
  })
