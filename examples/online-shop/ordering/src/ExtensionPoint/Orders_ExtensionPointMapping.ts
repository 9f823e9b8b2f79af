/**
 * How ordering talks. Of six kinds of events one leaves: that an order is to be sent. The event doesn't say what and where
 * to, so the mapping asks the view; it is tried again while the view doesn't show the order yet.
 */
import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import { Scheduler } from "@reventless/core/Scheduler"
import { OrderId, OrderReadyForShipping, Orders, RemindOfPayment } from "@reventless/example-ordering-spec"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { OrderUnknown } from "../OrderErrors.ts"
import { OrderPaid, OrderPlaced } from "../OrderEvents.ts"
import * as OrdersView from "../Orders/Orders.ts"
import { RemindBuyer } from "../RemindBuyer/RemindBuyer.ts"
import { ShipOrder } from "../ShipOrder/ShipOrder.ts"

/**
 * Schedules a reminder. A directive is fired once and forgotten: a shop that is killed just then schedules none, and a
 * history that is caught up with reminds nobody. So nothing may depend on it. Here nothing does: an order that isn't paid
 * is cancelled by `CancelUnpaidOrders`, which keeps what it has to do, whether its customer was reminded or not.
 */
const remind = Effect.fn("Orders.remind")(function*({ orderId }: RemindOfPayment) {
  const scheduler = yield* Scheduler
  const at = DateTime.add(yield* DateTime.now, { minutes: 10 })
  yield* scheduler.create({ name: `remind-${orderId}`, when: { at }, to: RemindBuyer, command: { orderId } })
})

export const OrdersMappingLive = Orders.mapping({
  from: [OrderPlaced, OrderPaid],
  key: OrderId,
  outgoing: {
    OrderPlaced: ({ orderId }) => handleDirective(remind, RemindOfPayment.make({ orderId })),
    OrderPaid: Effect.fn("Orders.publish")(function*({ orderId }, { queries }) {
      const order = yield* queries.get(OrdersView.Orders, orderId)
      if (Option.isNone(order)) return yield* new OrderUnknown({ orderId })
      return publishEvent(OrderReadyForShipping.make(order.value))
    })
  },
  // The contract has checked the command's shape, `ShipOrder` decides whether it may be: nobody ships what isn't paid.
  incoming: { ConfirmShipment: (command) => publishCommand(ShipOrder, command) },
  sends: [ShipOrder],
  directivesSend: [RemindBuyer]
})
