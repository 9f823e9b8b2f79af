import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import { Money } from "@reventless/example-catalog-spec"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { OrderPlaced } from "../OrderEvents.ts"

export class ConfirmOrders extends OutboundTranslationSlice.make("ConfirmOrders", {
  item: { orderId: OrderId, customerId: CustomerId, product: Schema.String, quantity: Schema.Int, total: Money },
  key: "orderId",
  collects: [OrderPlaced],
  description: "Writes to customers what they have ordered."
}) {}
