import { describe, it } from "@effect/vitest"
import { OfferRenamed, OfferRepriced, OfferWithdrawn } from "@reventless/example-ordering/Offer/Offer"
import { OffersLive } from "@reventless/example-ordering/Offers/Offers_Projection"
import { OrdersLive } from "@reventless/example-ordering/Orders/Orders_Projection"
import * as Spec from "@reventless/testing/Spec"
import {
  cancelled,
  delivered,
  euros,
  kettleOffered,
  kettlesStocked,
  offer,
  paid,
  placed,
  productId,
  row,
  shipped,
  trackingCode
} from "./fixtures.ts"

describe("orders", () => {
  it.effect("are placed, paid, shipped and delivered", () =>
    Spec.given(OrdersLive, [placed, paid, shipped, delivered])
      .thenRows([{ ...row, status: "delivered", trackingCode }]))

  it.effect("stay delivered when it is heard later that they were shipped", () =>
    Spec.given(OrdersLive, [placed, paid, delivered, shipped])
      .thenRows([{ ...row, status: "delivered", trackingCode }]))

  it.effect("stay when they are cancelled", () =>
    Spec.given(OrdersLive, [placed, cancelled])
      .thenRows([{ ...row, status: "cancelled" }]))
})

describe("offers", () => {
  it.effect("say how many are left", () =>
    Spec.given(OffersLive, [kettleOffered, kettlesStocked, placed])
      .thenRow(productId, { ...offer, left: 1 }))

  it.effect("have back what was cancelled", () =>
    Spec.given(OffersLive, [kettleOffered, kettlesStocked, placed, cancelled])
      .thenRow(productId, { ...offer, left: 3 }))

  it.effect("are called and cost what the catalog says now", () =>
    Spec.given(OffersLive, [
      kettleOffered,
      OfferRenamed.make({ productId, name: "Gooseneck kettle" }),
      OfferRepriced.make({ productId, price: euros(69) })
    ])
      .thenRow(productId, { productId, name: "Gooseneck kettle", price: euros(69), left: 0 }))

  it.effect("are gone when the catalog sells the product no more", () =>
    Spec.given(OffersLive, [kettleOffered, OfferWithdrawn.make({ productId })])
      .thenRows([]))
})
