/** Why a command about an existing order is refused. */
import { OrderId } from "@reventless/example-ordering-spec"
import * as Schema from "effect/Schema"

export class OrderUnknown
  extends Schema.TaggedError<OrderUnknown>()("OrderUnknown", { orderId: OrderId }, { httpApiStatus: 404 })
{
  override get message(): string {
    return `There is no order '${this.orderId}'. Place it first.`
  }
}

export class OrderIsCancelled extends Schema.TaggedError<OrderIsCancelled>()("OrderIsCancelled", { orderId: OrderId }) {
  override get message(): string {
    return `The order '${this.orderId}' is cancelled. Place a new one.`
  }
}

export class OrderIsPaid extends Schema.TaggedError<OrderIsPaid>()("OrderIsPaid", { orderId: OrderId }) {
  override get message(): string {
    return `The order '${this.orderId}' is paid, and on its way.`
  }
}
