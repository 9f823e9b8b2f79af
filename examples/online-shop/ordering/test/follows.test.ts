/** What each automation, translation and task does, by itself. */
import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import { CancelOrder, Mailer, MailNotSent, OfferProduct, PayOrder, ShipOrder } from "@reventless/example-ordering"
import { CancelUnpaidOrdersLive } from "@reventless/example-ordering/CancelUnpaidOrders/CancelUnpaidOrders_Automation"
import { ConfirmOrdersLive } from "@reventless/example-ordering/ConfirmOrders/ConfirmOrders_Translation"
import { ImportProductsLive } from "@reventless/example-ordering/ImportProducts/ImportProducts_Run"
import { PaymentReceivedLive } from "@reventless/example-ordering/PaymentReceived/PaymentReceived_Translation"
import { ShipPaidOrdersLive } from "@reventless/example-ordering/ShipPaidOrders/ShipPaidOrders_Automation"
import * as Spec from "@reventless/testing/Spec"
import * as Effect from "effect/Effect"
import { offer, orderId, paid, payment, placed, shipped } from "./fixtures.ts"

describe("shipping paid orders", () => {
  it.effect("sends what is paid", () =>
    Spec.given(ShipPaidOrdersLive, [paid]).whenProcessed().thenSends([publishCommand(ShipOrder, { orderId })]))

  it.effect("has nothing left to do when it is shipped", () =>
    Spec.given(ShipPaidOrdersLive, [paid, shipped]).thenNoItems)
})

describe("cancelling unpaid orders", () => {
  it.effect("gives the customer half an hour", () =>
    Spec.given(CancelUnpaidOrdersLive, [placed]).whenProcessed().thenSends([
      publishCommandDelayed("30 minutes", CancelOrder, { orderId, reason: "unpaid" })
    ]))
})

describe("confirming orders", () => {
  const given = Spec.given(ConfirmOrdersLive, [placed])

  it.effect("writes to the customer", () => {
    const sent: Array<string> = []
    const mailer = { send: ({ to }: { readonly to: string }) => Effect.sync(() => void sent.push(to)) }
    return Effect.gen(function*() {
      yield* given.whenProcessed().thenNothing
      assert.deepStrictEqual(sent, ["ada@example.com"])
    }).pipe(Effect.provideService(Mailer, mailer))
  })

  it.effect("fails when the mail can't be sent, to be tried again", () =>
    given.whenProcessed().thenFails(MailNotSent).pipe(
      Effect.provideService(Mailer, { send: () => Effect.fail(new MailNotSent({ detail: "the line is busy" })) })
    ))
})

describe("a payment that came in", () => {
  const { amount, paymentId } = payment

  it.effect("pays the order that it refers to", () =>
    Spec.inbound(PaymentReceivedLive)
      .whenReceived({ payment: paymentId, reference: orderId, ...amount })
      .thenSends([publishCommand(PayOrder, payment)]))

  it.effect("is refused when it doesn't say for what, or in what", () =>
    Spec.inbound(PaymentReceivedLive)
      .whenReceived({ payment: paymentId, amount: 1, currency: "GBP" })
      .thenMalformed("reference", "currency"))
})

describe("importing products", () => {
  const head = "productId,name,price,currency,stock"

  it.effect("offers those of the list whose lines are right", () =>
    Spec.task(ImportProductsLive, {
      "products/spring.csv": `${head}\nkettle,Kettle,79.00,EUR,3\nmug,Mug,a lot,EUR,3\n`
    })
      .when({ key: "products/spring.csv" })
      .thenSends([publishCommand(OfferProduct, offer)]))

  it.effect("offers nothing of what is no list", () =>
    Spec.task(ImportProductsLive, { "products/spring.csv": "kettles, and some mugs" })
      .when({ key: "products/spring.csv" })
      .thenNothing)
})
