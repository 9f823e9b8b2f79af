/** A till that is paid by a webhook. */
import { publishCommand } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import type { InboundRequest } from "@reventless/core/Inbound"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const BillId = Id.make("bill")
class Paid extends Event.make("Paid", { bill: BillId, amount: Schema.Int }) {}
class Pay extends StateChangeSlice.make("Pay", {
  command: { bill: BillId, amount: Schema.Int },
  consumes: [],
  produces: [Paid]
}) {}

class PaymentReceived extends InboundTranslationSlice.make("PaymentReceived", {
  input: { bill: Schema.NonEmptyString, amount: Schema.Int },
  sends: [Pay]
}) {}

export const secret = Redacted.make("a secret that nobody guesses")

export const Till = Plugin.make("Till", {
  version: "1.0.0",
  stateChangeSlices: [
    Pay.behavior({ initial: null, evolve: {}, decide: (command) => Effect.succeed([Paid.make(command)]) })
  ],
  inboundTranslationSlices: [
    PaymentReceived.translation({
      secret: Effect.succeed(secret),
      translate: ({ amount, bill }) => Effect.succeed(publishCommand(Pay, { bill: BillId.make(bill), amount }))
    })
  ]
})

/** A request as one process tells another. */
export interface Told extends Omit<InboundRequest, "body"> {
  readonly body: string
}

/** What a child is told: where it ends itself, if it does, and what it receives. */
export interface Order {
  readonly point?: "stored" | "appended" | "finished"
  readonly requests: ReadonlyArray<Told>
}
