import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import { Money } from "@reventless/example-catalog-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { PayOrder } from "../PayOrder/PayOrder.ts"

/** What the payment provider says, in its own words: our order is its `reference`. */
export class PaymentReceived extends InboundTranslationSlice.make("PaymentReceived", {
  input: { payment: Schema.NonEmptyString, reference: OrderId, ...Money.fields },
  sends: [PayOrder],
  description: "A payment provider tells of money that came in."
}) {}
