/** Plays the payment provider: tells the shop of a payment by a signed webhook, as the real one would. */
import * as Webhook from "@reventless/core/Webhook"
import type { Money } from "@reventless/example-catalog-spec"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import { developmentSecret } from "./Shop.ts"

export interface Payment {
  readonly orderId: string
  readonly amount: Money
}

const secret = Config.Redacted("PAYMENT_WEBHOOK_SECRET").pipe(Config.withDefault(Redacted.make(developmentSecret)))

/** Tells the shop at a URL that an order is paid. Told again, it is the same payment. */
export const pay = Effect.fnUntraced(function*(url: string, { amount, orderId }: Payment) {
  const body = JSON.stringify({ payment: `payment-${orderId}`, reference: orderId, ...amount })
  const headers = yield* Webhook.sign(yield* secret, { id: `payment-${orderId}`, body })
  const answer = yield* HttpClient.post(`${url}/ordering/inbound/PaymentReceived`, {
    headers: { ...headers },
    body: HttpBody.text(body, "application/json")
  })
  yield* HttpClientResponse.filterStatusOk(answer)
})
