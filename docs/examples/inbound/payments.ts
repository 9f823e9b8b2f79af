// #region slice
import { publishCommand } from "@reventless/core/Action"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { OrderId, PayOrder } from "./orders.ts"

export class PaymentReceived extends InboundTranslationSlice.make("PaymentReceived", {
  input: { reference: Schema.NonEmptyString, cents: Schema.Int },
  sends: [PayOrder]
}) {}

export const PaymentReceivedLive = PaymentReceived.translation({
  secret: Config.Redacted("PAYMENT_WEBHOOK_SECRET"),
  translate: ({ cents, reference }) =>
    Effect.succeed(publishCommand(PayOrder, { orderId: OrderId.make(reference), amount: cents }))
})
// #endregion slice
