import { describe, it } from "@effect/vitest"
import { CustomersLive } from "@reventless/example-ordering/Customers/Customers_Projections"
import { OffersLive } from "@reventless/example-ordering/Offers/Offers_Projection"
import { OrdersLive } from "@reventless/example-ordering/Orders/Orders_Projection"
import * as Spec from "@reventless/testing/Spec"
import {
  ada,
  adaClosed,
  adaRegistered,
  cancelled,
  kettleOffered,
  offer,
  paid,
  placed,
  productId,
  row,
  shipped
} from "./fixtures.ts"

describe("orders", () => {
  it.effect("are placed, paid and shipped", () =>
    Spec.given(OrdersLive, [placed, paid, shipped])
      .thenRows([{ ...row, status: "shipped" }]))

  it.effect("stay when they are cancelled", () =>
    Spec.given(OrdersLive, [placed, cancelled])
      .thenRows([{ ...row, status: "cancelled" }]))
})

describe("offers", () => {
  it.effect("say how many are left", () =>
    Spec.given(OffersLive, [kettleOffered, placed])
      .thenRow(productId, { productId, name: "Kettle", price: offer.price, left: 1 }))

  it.effect("have back what was cancelled", () =>
    Spec.given(OffersLive, [kettleOffered, placed, cancelled])
      .thenRow(productId, { productId, name: "Kettle", price: offer.price, left: 3 }))
})

describe("customers", () => {
  it.effect("are shown with how many orders they have", () =>
    Spec.given(CustomersLive, [adaRegistered, placed])
      .thenRows([{ ...ada, orders: 1 }]))

  it.effect("no longer have those that were cancelled", () =>
    Spec.given(CustomersLive, [adaRegistered, placed, cancelled])
      .thenRows([{ ...ada, orders: 0 }]))

  it.effect("are gone when their account is closed", () =>
    Spec.given(CustomersLive, [adaRegistered, placed, adaClosed])
      .thenRows([]))
})
