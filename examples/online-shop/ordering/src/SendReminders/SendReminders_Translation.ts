import * as Effect from "effect/Effect"
import { Mailer } from "../Mailer.ts"
import { SendReminders } from "./SendReminders.ts"

export const SendRemindersLive = SendReminders.translation({
  collect: { BuyerReminded: ({ customerId, orderId, product }) => ({ orderId, customerId, product }) },
  translate: Effect.fn("SendReminders.translate")(function*({ customerId, orderId, product }, { idempotencyKey }) {
    const mailer = yield* Mailer
    yield* mailer.send({
      to: customerId,
      subject: `Still to be paid: ${orderId}`,
      text: `We keep ${product} for you, and not much longer.`
    }, { idempotencyKey })
  })
})
