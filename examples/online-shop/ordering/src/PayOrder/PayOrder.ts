import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { Money } from "@reventless/example-catalog-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"
import { OrderIsCancelled, OrderIsPaid, OrderUnknown } from "../OrderErrors.ts"
import { OrderCancelled, OrderPaid, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class WrongAmount extends Schema.TaggedError<WrongAmount>()("WrongAmount", { orderId: OrderId, total: Money }) {
  override get message(): string {
    return `The order '${this.orderId}' costs ${this.total.amount} ${this.total.currency}, no more and no less.`
  }
}

export class PayOrder extends StateChangeSlice.make("PayOrder", {
  command: { orderId: OrderId, paymentId: Schema.NonEmptyString, amount: Money },
  consumes: [OrderPlaced, OrderPaid, OrderCancelled],
  produces: [OrderPaid],
  errors: [OrderUnknown, OrderIsCancelled, OrderIsPaid, WrongAmount],
  access: OrderingAccess.manage,
  description: "Takes note of a payment; the same payment told again changes nothing."
}) {}
