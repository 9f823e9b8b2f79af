import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import { Money } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import { OrderId } from "../ids.ts"
import { OrderPlaced } from "../OrderEvents.ts"

export class ConfirmOrders extends OutboundTranslationSlice.make("ConfirmOrders", {
  item: { orderId: OrderId, email: Schema.String, product: Schema.String, quantity: Schema.Int, total: Money },
  key: "orderId",
  collects: [OrderPlaced],
  description: "Writes to customers what they have ordered."
}) {}
