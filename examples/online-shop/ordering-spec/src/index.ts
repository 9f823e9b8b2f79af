export { OrderId } from "./ids.ts"
export { OrderReadyForShipping, Orders, RemindOfPayment } from "./Orders.ts"
