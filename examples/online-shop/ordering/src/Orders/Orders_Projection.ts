import { Orders } from "./Orders.ts"

export const OrdersLive = Orders.projection((rows) => ({
  OrderPlaced: ({ customerId, orderId, productId, quantity, total }) =>
    rows.set({ orderId, customerId, productId, quantity, total, status: "placed" }),
  OrderPaid: ({ orderId }) => rows.update(orderId, (row) => ({ ...row, status: "paid" })),
  OrderCancelled: ({ orderId }) => rows.update(orderId, (row) => ({ ...row, status: "cancelled" })),
  OrderShipped: ({ orderId }) => rows.update(orderId, (row) => ({ ...row, status: "shipped" }))
}))
