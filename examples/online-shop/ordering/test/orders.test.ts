import { describe, it } from "@effect/vitest"
import { AccessDenied } from "@reventless/core/Access"
import { InvalidCommand } from "@reventless/core/CommandBus"
import * as Principal from "@reventless/core/Principal"
import { ProductId } from "@reventless/example-catalog-spec"
import { CancelOrderLive } from "@reventless/example-ordering/CancelOrder/CancelOrder_Behavior"
import { CustomerMoved, CustomerUnknown } from "@reventless/example-ordering/Customer/Customer"
import { OrderId } from "@reventless/example-ordering/ids"
import { ProductOffered } from "@reventless/example-ordering/OfferProduct/OfferProduct"
import { OfferProductLive } from "@reventless/example-ordering/OfferProduct/OfferProduct_Behavior"
import { OrderIsCancelled, OrderIsPaid, OrderUnknown } from "@reventless/example-ordering/OrderErrors"
import { OrderCancelled, OrderPlaced } from "@reventless/example-ordering/OrderEvents"
import { WrongAmount } from "@reventless/example-ordering/PayOrder/PayOrder"
import { PayOrderLive } from "@reventless/example-ordering/PayOrder/PayOrder_Behavior"
import { OrderExists, OutOfStock, ProductNotOffered } from "@reventless/example-ordering/PlaceOrder/PlaceOrder"
import { PlaceOrderLive } from "@reventless/example-ordering/PlaceOrder/PlaceOrder_Behavior"
import { OrderIsNotPaid } from "@reventless/example-ordering/ShipOrder/ShipOrder"
import { ShipOrderLive } from "@reventless/example-ordering/ShipOrder/ShipOrder_Behavior"
import * as Spec from "@reventless/testing/Spec"
import {
  adaClosed,
  adaRegistered,
  cancelled,
  customerId,
  euros,
  kettleOffered,
  offer,
  order,
  orderId,
  paid,
  payment,
  placed,
  productId,
  shipped
} from "./fixtures.ts"

const another = { ...order, orderId: OrderId.make("1002") }

describe("offering a product", () => {
  it.effect("says its price and how many there are", () =>
    Spec.given(OfferProductLive, [])
      .when(offer)
      .then([kettleOffered]))

  it.effect("again with another price or stock replaces the offer", () =>
    Spec.given(OfferProductLive, [kettleOffered])
      .when({ ...offer, price: euros(69), stock: 10 })
      .then([ProductOffered.make({ ...offer, price: euros(69), stock: 10 })]))

  it.effect("as it is offered changes nothing", () =>
    Spec.given(OfferProductLive, [kettleOffered])
      .when(offer)
      .thenNothing)

  it.effect("is for shop managers only", () =>
    Spec.given(OfferProductLive, [])
      .when(offer, { principal: Principal.user("ada", ["customer"]) })
      .thenFails(AccessDenied))
})

describe("placing an order", () => {
  it.effect("takes the price of the offer and the address of the customer", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, adaRegistered])
      .when(order)
      .then([placed]))

  it.effect("sends to where the customer lives now", () =>
    Spec.given(PlaceOrderLive, [
      kettleOffered,
      adaRegistered,
      CustomerMoved.make({ customerId, address: "2 Mill Lane" })
    ])
      .when(order)
      .then([OrderPlaced.make({ ...placed, address: "2 Mill Lane" })]))

  it.effect("is refused when too few are left", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, adaRegistered, placed])
      .when(another)
      .thenFails(new OutOfStock({ productId, left: 1 })))

  it.effect("may have what a cancelled order gave back", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, adaRegistered, placed, cancelled])
      .when(another)
      .then([OrderPlaced.make({ ...placed, ...another })]))

  it.effect("may have what a new offer brought", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, adaRegistered, placed, kettleOffered])
      .when(another)
      .then([OrderPlaced.make({ ...placed, ...another })]))

  it.effect("is refused when its number was used, whatever for", () =>
    Spec.given(PlaceOrderLive, [
      kettleOffered,
      adaRegistered,
      OrderPlaced.make({ ...placed, productId: ProductId.make("mug") })
    ])
      .when(order)
      .thenFails(new OrderExists({ orderId })))

  it.effect("is refused when the product isn't on offer", () =>
    Spec.given(PlaceOrderLive, [adaRegistered])
      .when(order)
      .thenFails(new ProductNotOffered({ productId })))

  it.effect("is refused when nobody knows the customer", () =>
    Spec.given(PlaceOrderLive, [kettleOffered])
      .when(order)
      .thenFails(new CustomerUnknown({ customerId })))

  it.effect("is refused when the customer's account is closed", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, adaRegistered, adaClosed])
      .when(order)
      .thenFails(new CustomerUnknown({ customerId })))

  it.effect("is refused when it orders nothing", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, adaRegistered])
      .when({ ...order, quantity: 0 })
      .thenFails(InvalidCommand))
})

describe("paying an order", () => {
  it.effect("takes note of the payment", () =>
    Spec.given(PayOrderLive, [placed])
      .when(payment)
      .then([paid]))

  it.effect("told twice is one payment", () =>
    Spec.given(PayOrderLive, [placed, paid])
      .when(payment)
      .thenNothing)

  it.effect("with a second payment is refused", () =>
    Spec.given(PayOrderLive, [placed, paid])
      .when({ ...payment, paymentId: "p-2" })
      .thenFails(new OrderIsPaid({ orderId })))

  it.effect("with less than it costs is refused", () =>
    Spec.given(PayOrderLive, [placed])
      .when({ ...payment, amount: euros(157) })
      .thenFails(new WrongAmount({ orderId, total: euros(158) })))

  it.effect("in another currency is refused", () =>
    Spec.given(PayOrderLive, [placed])
      .when({ ...payment, amount: { ...payment.amount, currency: "USD" } })
      .thenFails(WrongAmount))

  it.effect("that is cancelled is refused", () =>
    Spec.given(PayOrderLive, [placed, cancelled])
      .when(payment)
      .thenFails(new OrderIsCancelled({ orderId })))

  it.effect("that doesn't exist is refused", () =>
    Spec.given(PayOrderLive, [])
      .when(payment)
      .thenFails(new OrderUnknown({ orderId })))
})

describe("cancelling an order", () => {
  it.effect("gives back what it took", () =>
    Spec.given(CancelOrderLive, [placed])
      .when({ orderId, reason: "by customer" })
      .then([cancelled]))

  it.effect("because it isn't paid says so", () =>
    Spec.given(CancelOrderLive, [placed])
      .when({ orderId, reason: "unpaid" })
      .then([OrderCancelled.make({ ...order, reason: "unpaid" })]))

  it.effect("because it isn't paid leaves one alone that was paid", () =>
    Spec.given(CancelOrderLive, [placed, paid])
      .when({ orderId, reason: "unpaid" })
      .thenNothing)

  it.effect("that is paid is refused", () =>
    Spec.given(CancelOrderLive, [placed, paid])
      .when({ orderId, reason: "by customer" })
      .thenFails(new OrderIsPaid({ orderId })))

  it.effect("twice cancels it once", () =>
    Spec.given(CancelOrderLive, [placed, cancelled])
      .when({ orderId, reason: "unpaid" })
      .thenNothing)

  it.effect("that doesn't exist is refused", () =>
    Spec.given(CancelOrderLive, [])
      .when({ orderId, reason: "by customer" })
      .thenFails(new OrderUnknown({ orderId })))
})

describe("shipping an order", () => {
  it.effect("sends it to the address it was placed with", () =>
    Spec.given(ShipOrderLive, [placed, paid])
      .when({ orderId })
      .then([shipped]))

  it.effect("twice sends it once", () =>
    Spec.given(ShipOrderLive, [placed, paid, shipped])
      .when({ orderId })
      .thenNothing)

  it.effect("that isn't paid is refused", () =>
    Spec.given(ShipOrderLive, [placed])
      .when({ orderId })
      .thenFails(new OrderIsNotPaid({ orderId })))

  it.effect("that is cancelled is refused", () =>
    Spec.given(ShipOrderLive, [placed, cancelled])
      .when({ orderId })
      .thenFails(new OrderIsCancelled({ orderId })))

  it.effect("that doesn't exist is refused", () =>
    Spec.given(ShipOrderLive, [])
      .when({ orderId })
      .thenFails(new OrderUnknown({ orderId })))
})
