import * as Effect from "effect/Effect"
import { Mailer } from "../Mailer.ts"
import { ConfirmOrders } from "./ConfirmOrders.ts"

export const ConfirmOrdersLive = ConfirmOrders.translation({
  collect: {
    OrderPlaced: ({ email, orderId, product, quantity, total }) => ({ orderId, email, product, quantity, total })
  },
  translate: Effect.fn("ConfirmOrders.translate")(function*(item, { idempotencyKey }) {
    const { email, orderId, product, quantity, total } = item
    const price = `${(total.amount / 100).toFixed(2)} ${total.currency}`
    const mailer = yield* Mailer
    yield* mailer.send({
      to: email,
      subject: `Your order ${orderId}`,
      text: `${quantity} × ${product}, ${price} in all. We ship when it is paid.`
    }, { idempotencyKey })
  })
})
