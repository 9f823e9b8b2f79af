import { Orders } from "./Orders.ts"

export const OrdersLive = Orders.projection((rows) => ({
  OrderPlaced: (order) => rows.set({ ...order, status: "placed" }),
  OrderPaid: ({ orderId }) => rows.update(orderId, (row) => ({ ...row, status: "paid" })),
  OrderCancelled: ({ orderId }) => rows.update(orderId, (row) => ({ ...row, status: "cancelled" })),
  // Shipping says by two ways that a parcel has left and that it has arrived: the second may be heard first.
  OrderShipped: ({ orderId, trackingCode }) =>
    rows.update(orderId, (row) => ({
      ...row,
      status: row.status === "delivered" ? "delivered" : "shipped",
      trackingCode
    })),
  OrderDelivered: ({ orderId }) => rows.update(orderId, (row) => ({ ...row, status: "delivered" }))
}))
