import { Money, ProductId } from "@reventless/example-catalog-spec"
import { CustomerId } from "@reventless/example-customers-spec"
import { OrderId } from "@reventless/example-ordering-spec"
import { BuyerAdmitted, BuyerDismissed } from "@reventless/example-ordering/Buyer/Buyer"
import { OfferStocked, ProductOffered } from "@reventless/example-ordering/Offer/Offer"
import {
  BuyerReminded,
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPlaced,
  OrderShipped
} from "@reventless/example-ordering/OrderEvents"

export const euros = (euros: number) => Money.make({ amount: euros * 100, currency: "EUR" })

export const productId = ProductId.make("kettle")
export const customerId = CustomerId.make("ada")
export const orderId = OrderId.make("1001")

export const ada = { customerId, name: "Ada", address: "1 Mill Lane" }
export const adaAdmitted = BuyerAdmitted.make(ada)
export const adaDismissed = BuyerDismissed.make({ customerId })

export const offer = { productId, name: "Kettle", price: euros(79) }
export const kettleOffered = ProductOffered.make(offer)
export const kettlesStocked = OfferStocked.make({ productId, count: 3 })

/** Two kettles for Ada. */
export const order = { orderId, customerId, productId, quantity: 2 }
const ids = { orderId, customerId, productId }
export const row = { ...order, product: "Kettle", total: euros(158), recipient: "Ada", address: ada.address }
export const placed = OrderPlaced.make(row)

export const payment = { orderId, paymentId: "p-1", amount: euros(158) }
export const paid = OrderPaid.make({ ...ids, ...payment })
export const cancelled = OrderCancelled.make({ ...order, reason: "by customer" })
export const reminded = BuyerReminded.make({ ...ids, product: "Kettle" })
export const trackingCode = "track-1001"
export const shipped = OrderShipped.make({ ...ids, trackingCode })
export const delivered = OrderDelivered.make(ids)
