import { assert, describe, it } from "@effect/vitest"
import { InvalidCommand } from "@reventless/core/CommandBus"
import { ProductId } from "@reventless/example-catalog-spec"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import { BuyerMoved } from "@reventless/example-ordering/Buyer/Buyer"
import { CancelOrderLive } from "@reventless/example-ordering/CancelOrder/CancelOrder_Behavior"
import { CancelOrdersOfLive } from "@reventless/example-ordering/CancelOrdersOf/CancelOrdersOf_Behavior"
import { DeliverOrderLive } from "@reventless/example-ordering/DeliverOrder/DeliverOrder_Behavior"
import { OfferRenamed, OfferRepriced, OfferWithdrawn } from "@reventless/example-ordering/Offer/Offer"
import { OrderIsCancelled, OrderIsPaid, OrderUnknown } from "@reventless/example-ordering/OrderErrors"
import { OrderCancelled, OrderPlaced } from "@reventless/example-ordering/OrderEvents"
import { WrongAmount } from "@reventless/example-ordering/PayOrder/PayOrder"
import { PayOrderLive } from "@reventless/example-ordering/PayOrder/PayOrder_Behavior"
import {
  CustomerUnknown,
  OrderExists,
  OutOfStock,
  ProductNotOffered
} from "@reventless/example-ordering/PlaceOrder/PlaceOrder"
import { PlaceOrderLive } from "@reventless/example-ordering/PlaceOrder/PlaceOrder_Behavior"
import { RemindBuyerLive } from "@reventless/example-ordering/RemindBuyer/RemindBuyer_Behavior"
import { OrderIsNotPaid } from "@reventless/example-ordering/ShipOrder/ShipOrder"
import { ShipOrderLive } from "@reventless/example-ordering/ShipOrder/ShipOrder_Behavior"
import * as Spec from "@reventless/testing/Spec"
import * as Effect from "effect/Effect"
import {
  adaAdmitted,
  adaDismissed,
  cancelled,
  customerId,
  delivered,
  euros,
  kettleOffered,
  kettlesStocked,
  order,
  orderId,
  paid,
  payment,
  placed,
  productId,
  reminded,
  shipped,
  trackingCode
} from "./fixtures.ts"

const another = { ...order, orderId: OrderId.make("1002") }

describe("placing an order", () => {
  it.effect("takes the price of the offer and the address of the customer", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, kettlesStocked, adaAdmitted])
      .when(order)
      .then([placed]))

  it.effect("sends to where the customer lives now", () =>
    Spec.given(PlaceOrderLive, [
      kettleOffered,
      kettlesStocked,
      adaAdmitted,
      BuyerMoved.make({ customerId, address: "2 Mill Lane" })
    ])
      .when(order)
      .then([OrderPlaced.make({ ...placed, address: "2 Mill Lane" })]))

  it.effect("is refused when too few are left", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, kettlesStocked, adaAdmitted, placed])
      .when(another)
      .thenFails(new OutOfStock({ productId, left: 1 })))

  it.effect("may have what a cancelled order gave back", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, kettlesStocked, adaAdmitted, placed, cancelled])
      .when(another)
      .then([OrderPlaced.make({ ...placed, ...another })]))

  it.effect("may have what was delivered meanwhile", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, kettlesStocked, adaAdmitted, placed, kettlesStocked])
      .when(another)
      .then([OrderPlaced.make({ ...placed, ...another })]))

  it.effect("is refused when its number was used, whatever for", () =>
    Spec.given(PlaceOrderLive, [
      kettleOffered,
      kettlesStocked,
      adaAdmitted,
      OrderPlaced.make({ ...placed, productId: ProductId.make("mug") })
    ])
      .when(order)
      .thenFails(new OrderExists({ orderId })))

  it.effect("is refused when the product isn't on offer", () =>
    Spec.given(PlaceOrderLive, [adaAdmitted])
      .when(order)
      .thenFails(new ProductNotOffered({ productId })))

  it.effect("takes the name and price that the product has now", () =>
    Spec.given(PlaceOrderLive, [
      kettleOffered,
      kettlesStocked,
      OfferRenamed.make({ productId, name: "Gooseneck kettle" }),
      OfferRepriced.make({ productId, price: euros(69) }),
      adaAdmitted
    ])
      .when(order)
      .then([OrderPlaced.make({ ...placed, product: "Gooseneck kettle", total: euros(138) })]))

  it.effect("is refused when the product isn't on offer any more", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, kettlesStocked, OfferWithdrawn.make({ productId }), adaAdmitted])
      .when(order)
      .thenFails(new ProductNotOffered({ productId })))

  it.effect("is refused when nobody knows the customer", () =>
    Spec.given(PlaceOrderLive, [kettleOffered])
      .when(order)
      .thenFails(new CustomerUnknown({ customerId })))

  it.effect("is refused when the customer's account is closed", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, kettlesStocked, adaAdmitted, adaDismissed])
      .when(order)
      .thenFails(new CustomerUnknown({ customerId })))

  it.effect("is refused when it orders nothing", () =>
    Spec.given(PlaceOrderLive, [kettleOffered, kettlesStocked, adaAdmitted])
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
      .when({ orderId, customerId, reason: "by customer" })
      .then([cancelled]))

  it.effect("because it isn't paid says so", () =>
    Spec.given(CancelOrderLive, [placed])
      .when({ orderId, customerId, reason: "unpaid" })
      .then([OrderCancelled.make({ ...order, reason: "unpaid" })]))

  it.effect("because it isn't paid leaves one alone that was paid", () =>
    Spec.given(CancelOrderLive, [placed, paid])
      .when({ orderId, customerId, reason: "unpaid" })
      .thenNothing)

  it.effect("that is paid is refused", () =>
    Spec.given(CancelOrderLive, [placed, paid])
      .when({ orderId, customerId, reason: "by customer" })
      .thenFails(new OrderIsPaid({ orderId })))

  it.effect("twice cancels it once", () =>
    Spec.given(CancelOrderLive, [placed, cancelled])
      .when({ orderId, customerId, reason: "unpaid" })
      .thenNothing)

  it.effect("that doesn't exist is refused", () =>
    Spec.given(CancelOrderLive, [])
      .when({ orderId, customerId, reason: "by customer" })
      .thenFails(new OrderUnknown({ orderId })))

  it.effect("looks at no other order of the customer", () =>
    Effect.gen(function*() {
      const refused = yield* Effect.flip(
        Spec.given(CancelOrderLive, [placed, OrderPlaced.make({ ...placed, ...another })])
          .when({ ...another, reason: "by customer" })
          .then([OrderCancelled.make({ ...another, reason: "by customer" })])
      )
      assert.include(refused.message, "the given event 1 OrderPlaced is not part of this decision")
    }))

  it.effect("of somebody else is as if there were none", () =>
    Spec.given(CancelOrderLive, [placed, paid])
      .when({ orderId, customerId: CustomerId.make("ben"), reason: "by customer" })
      .thenFails(new OrderUnknown({ orderId })))
})

describe("cancelling the orders of a customer who is gone", () => {
  const third = { ...order, orderId: OrderId.make("1003") }

  it.effect("cancels what isn't paid and leaves the rest", () =>
    Spec.given(CancelOrdersOfLive, [
      placed,
      paid,
      OrderPlaced.make({ ...placed, ...another }),
      OrderPlaced.make({ ...placed, ...third }),
      OrderCancelled.make({ ...third, reason: "unpaid" })
    ])
      .when({ customerId })
      .then([OrderCancelled.make({ ...another, reason: "customer left" })]))

  it.effect("has nothing to do when there is none", () =>
    Spec.given(CancelOrdersOfLive, [])
      .when({ customerId })
      .thenNothing)
})

describe("reminding of a payment", () => {
  it.effect("reminds of an order that isn't paid", () =>
    Spec.given(RemindBuyerLive, [placed])
      .when({ orderId })
      .then([reminded]))

  it.effect("reminds once", () =>
    Spec.given(RemindBuyerLive, [placed, reminded])
      .when({ orderId })
      .thenNothing)

  it.effect("leaves alone who has paid", () =>
    Spec.given(RemindBuyerLive, [placed, paid])
      .when({ orderId })
      .thenNothing)

  it.effect("leaves alone who has cancelled", () =>
    Spec.given(RemindBuyerLive, [placed, cancelled])
      .when({ orderId })
      .thenNothing)
})

describe("shipping an order", () => {
  it.effect("takes note of the code by which the carrier finds it", () =>
    Spec.given(ShipOrderLive, [placed, paid])
      .when({ orderId, trackingCode })
      .then([shipped]))

  it.effect("twice sends it once", () =>
    Spec.given(ShipOrderLive, [placed, paid, shipped])
      .when({ orderId, trackingCode })
      .thenNothing)

  it.effect("that isn't paid is refused", () =>
    Spec.given(ShipOrderLive, [placed])
      .when({ orderId, trackingCode })
      .thenFails(new OrderIsNotPaid({ orderId })))

  it.effect("that is cancelled is refused", () =>
    Spec.given(ShipOrderLive, [placed, cancelled])
      .when({ orderId, trackingCode })
      .thenFails(new OrderIsCancelled({ orderId })))

  it.effect("that doesn't exist is refused", () =>
    Spec.given(ShipOrderLive, [])
      .when({ orderId, trackingCode })
      .thenFails(new OrderUnknown({ orderId })))
})

describe("delivering an order", () => {
  it.effect("takes note that it has arrived", () =>
    Spec.given(DeliverOrderLive, [placed])
      .when({ orderId })
      .then([delivered]))

  it.effect("twice takes note once", () =>
    Spec.given(DeliverOrderLive, [placed, delivered])
      .when({ orderId })
      .thenNothing)

  it.effect("that doesn't exist is refused", () =>
    Spec.given(DeliverOrderLive, [])
      .when({ orderId })
      .thenFails(new OrderUnknown({ orderId })))
})
