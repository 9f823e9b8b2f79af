import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { BuyerReminded } from "../OrderEvents.ts"

export class SendReminders extends OutboundTranslationSlice.make("SendReminders", {
  item: { orderId: OrderId, customerId: CustomerId, product: Schema.String },
  key: "orderId",
  collects: [BuyerReminded],
  description: "Writes to customers what they haven't paid."
}) {}
