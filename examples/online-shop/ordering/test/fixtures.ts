import { Money, ProductId } from "@reventless/example-catalog-spec"
import { CustomerClosed, CustomerRegistered } from "@reventless/example-ordering/Customer/Customer"
import { CustomerId, OrderId } from "@reventless/example-ordering/ids"
import { ProductOffered } from "@reventless/example-ordering/OfferProduct/OfferProduct"
import { OrderCancelled, OrderPaid, OrderPlaced, OrderShipped } from "@reventless/example-ordering/OrderEvents"

export const euros = (euros: number) => Money.make({ amount: euros * 100, currency: "EUR" })

export const productId = ProductId.make("kettle")
export const customerId = CustomerId.make("ada")
export const orderId = OrderId.make("1001")

export const ada = { customerId, name: "Ada", email: "ada@example.com", address: "1 Mill Lane" }
export const adaRegistered = CustomerRegistered.make(ada)
export const adaClosed = CustomerClosed.make({ customerId })

export const offer = { productId, name: "Kettle", price: euros(79), stock: 3 }
export const kettleOffered = ProductOffered.make(offer)

/** Two kettles for Ada. */
export const order = { orderId, customerId, productId, quantity: 2 }
export const row = { ...order, total: euros(158) }
export const placed = OrderPlaced.make({ ...row, product: "Kettle", email: ada.email, address: ada.address })

export const payment = { orderId, paymentId: "p-1", amount: euros(158) }
export const paid = OrderPaid.make({ ...payment, customerId, productId })
export const cancelled = OrderCancelled.make({ ...order, reason: "by customer" })
export const shipped = OrderShipped.make({ orderId, customerId, productId, address: ada.address })
