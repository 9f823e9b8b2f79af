import * as Effect from "effect/Effect"
import { Mailer } from "../Mailer.ts"
import { ConfirmOrders } from "./ConfirmOrders.ts"

export const ConfirmOrdersLive = ConfirmOrders.translation({
  collect: {
    OrderPlaced: ({ customerId, orderId, product, quantity, total }) => ({
      orderId,
      customerId,
      product,
      quantity,
      total
    })
  },
  translate: Effect.fn("ConfirmOrders.translate")(function*(item, { idempotencyKey }) {
    const { customerId, orderId, product, quantity, total } = item
    const price = `${(total.amount / 100).toFixed(2)} ${total.currency}`
    const mailer = yield* Mailer
    yield* mailer.send({
      to: customerId,
      subject: `Your order ${orderId}`,
      text: `${quantity} × ${product}, ${price} in all. We ship when it is paid.`
    }, { idempotencyKey })
  })
})
