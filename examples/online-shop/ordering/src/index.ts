/** The ordering plugin, and the definitions of its commands and views. */
export { CancelOrder } from "./CancelOrder/CancelOrder.ts"
export { type Mail, Mailer, MailNotSent } from "./Mailer.ts"
export { Offers } from "./Offers/Offers.ts"
export { Orders } from "./Orders/Orders.ts"
export { PayOrder } from "./PayOrder/PayOrder.ts"
export { PlaceOrder } from "./PlaceOrder/PlaceOrder.ts"
export { Ordering } from "./Plugin.ts"
export { ShipOrder } from "./ShipOrder/ShipOrder.ts"
