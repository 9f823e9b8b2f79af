import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { PaymentReceived } from "./payments.ts"

// #region rotation
export const secret = Config.all([
  Config.Redacted("PAYMENT_WEBHOOK_SECRET"),
  Config.Redacted("PAYMENT_WEBHOOK_SECRET_OLD")
])
// #endregion rotation

export const PaymentReceivedLive = PaymentReceived.translation({ secret, translate: () => Effect.undefined })
