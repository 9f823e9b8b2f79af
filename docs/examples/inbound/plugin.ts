import * as Plugin from "@reventless/core/Plugin"
import { PayOrderLive, PlaceOrderLive } from "./orders.ts"
import { PaymentReceivedLive } from "./payments.ts"

export const Orders = Plugin.make("Orders", {
  version: "1.0.0",
  stateChangeSlices: [PlaceOrderLive, PayOrderLive],
  inboundTranslationSlices: [PaymentReceivedLive]
})
