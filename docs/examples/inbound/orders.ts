import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const OrderId = Id.make("order")
const order = { orderId: OrderId }

export class OrderPlaced extends Event.make("OrderPlaced", order) {}
export class OrderPaid extends Event.make("OrderPaid", { ...order, amount: Schema.Int }) {}
export class OrderUnknown extends Schema.TaggedError<OrderUnknown>()("OrderUnknown", order) {}

export class PlaceOrder extends StateChangeSlice.make("PlaceOrder", {
  command: order,
  consumes: [OrderPlaced],
  produces: [OrderPlaced]
}) {}

export const PlaceOrderLive = PlaceOrder.behavior({
  initial: false,
  evolve: { OrderPlaced: () => true },
  decide: (command, placed) => Effect.succeed(placed ? [] : [OrderPlaced.make(command)])
})

export class PayOrder extends StateChangeSlice.make("PayOrder", {
  command: { ...order, amount: Schema.Int },
  consumes: [OrderPlaced, OrderPaid],
  produces: [OrderPaid],
  errors: [OrderUnknown]
}) {}

export const PayOrderLive = PayOrder.behavior({
  initial: { placed: false, paid: false },
  evolve: {
    OrderPlaced: (state) => ({ ...state, placed: true }),
    OrderPaid: (state) => ({ ...state, paid: true })
  },
  decide: (command, { paid, placed }) =>
    placed
      ? Effect.succeed(paid ? [] : [OrderPaid.make(command)])
      : Effect.fail(new OrderUnknown({ orderId: command.orderId }))
})
