/** What each automation and translation does, by itself, and what the offers and buyers make of what they are told. */
import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import { CancelOrder, Mailer, MailNotSent, PayOrder } from "@reventless/example-ordering"
import { Buyer } from "@reventless/example-ordering/Buyer/Buyer"
import { BuyerLive } from "@reventless/example-ordering/Buyer/Buyer_Behavior"
import { CancelUnpaidOrdersLive } from "@reventless/example-ordering/CancelUnpaidOrders/CancelUnpaidOrders_Automation"
import { ConfirmOrdersLive } from "@reventless/example-ordering/ConfirmOrders/ConfirmOrders_Translation"
import { Offer } from "@reventless/example-ordering/Offer/Offer"
import { OfferLive } from "@reventless/example-ordering/Offer/Offer_Behavior"
import { PaymentReceivedLive } from "@reventless/example-ordering/PaymentReceived/PaymentReceived_Translation"
import { SendRemindersLive } from "@reventless/example-ordering/SendReminders/SendReminders_Translation"
import * as Spec from "@reventless/testing/Spec"
import * as Effect from "effect/Effect"
import {
  ada,
  adaAdmitted,
  adaDismissed,
  customerId,
  kettleOffered,
  kettlesStocked,
  offer,
  orderId,
  payment,
  placed,
  productId,
  reminded
} from "./fixtures.ts"

describe("an offer", () => {
  const { OfferProduct, StockOffer } = Offer.commands

  it.effect("is made once", () =>
    Spec.given(OfferLive, [kettleOffered])
      .when(OfferProduct, offer)
      .thenNothing)

  it.effect("is stocked as often as something is delivered", () =>
    Spec.given(OfferLive, [kettleOffered, kettlesStocked])
      .when(StockOffer, { productId, count: 3 })
      .then([kettlesStocked]))
})

describe("a buyer", () => {
  const { AdmitBuyer, DismissBuyer } = Buyer.commands

  it.effect("is admitted with where they live", () =>
    Spec.given(BuyerLive, [])
      .when(AdmitBuyer, ada)
      .then([adaAdmitted]))

  it.effect("is dismissed once", () =>
    Spec.given(BuyerLive, [adaAdmitted, adaDismissed])
      .when(DismissBuyer, { customerId })
      .thenNothing)
})

describe("cancelling unpaid orders", () => {
  it.effect("gives the customer half an hour", () =>
    Spec.given(CancelUnpaidOrdersLive, [placed]).whenProcessed().thenSends([
      publishCommandDelayed("30 minutes", CancelOrder, { orderId, customerId, reason: "unpaid" })
    ]))
})

/** A mailer that keeps to whom it sent what. */
const keeping = (sent: Array<string>) => ({
  send: ({ subject, to }: { readonly subject: string; readonly to: string }) =>
    Effect.sync(() => void sent.push(`${to}: ${subject}`))
})

describe("confirming orders", () => {
  const given = Spec.given(ConfirmOrdersLive, [placed])

  it.effect("writes to the customer", () => {
    const sent: Array<string> = []
    return Effect.gen(function*() {
      yield* given.whenProcessed().thenNothing
      assert.deepStrictEqual(sent, ["ada: Your order 1001"])
    }).pipe(Effect.provideService(Mailer, keeping(sent)))
  })

  it.effect("fails when the mail can't be sent, to be tried again", () =>
    given.whenProcessed().thenFails(MailNotSent).pipe(
      Effect.provideService(Mailer, { send: () => Effect.fail(new MailNotSent({ detail: "the line is busy" })) })
    ))
})

describe("reminders", () => {
  it.effect("are written to the customer", () => {
    const sent: Array<string> = []
    return Effect.gen(function*() {
      yield* Spec.given(SendRemindersLive, [reminded]).whenProcessed().thenNothing
      assert.deepStrictEqual(sent, ["ada: Still to be paid: 1001"])
    }).pipe(Effect.provideService(Mailer, keeping(sent)))
  })
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
