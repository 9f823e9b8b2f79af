import * as Action from "@reventless/core/Action"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { PayOrder } from "../PayOrder/PayOrder.ts"
import { PaymentReceived } from "./PaymentReceived.ts"

/** A payment that its order refuses, such as one that came too late, waits for a person after the last attempt. */
export const PaymentReceivedLive = PaymentReceived.translation({
  secret: Config.Redacted("PAYMENT_WEBHOOK_SECRET"),
  translate: ({ amount, currency, payment, reference }) =>
    Effect.succeed(
      Action.publishCommand(PayOrder, { orderId: reference, paymentId: payment, amount: { amount, currency } })
    )
})
