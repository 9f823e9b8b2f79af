import { Customers } from "./Customers.ts"

export const CustomersLive = Customers.projections((rows) => ({
  Customer: {
    CustomerRegistered: ({ address, customerId, email, name }) =>
      rows.set({ customerId, name, email, address, orders: 0 }),
    CustomerMoved: ({ address, customerId }) => rows.update(customerId, (row) => ({ ...row, address })),
    CustomerEmailChanged: ({ customerId, email }) => rows.update(customerId, (row) => ({ ...row, email })),
    CustomerLeft: () => rows.ignore,
    CustomerStayed: () => rows.ignore,
    CustomerClosed: ({ customerId }) => rows.remove(customerId)
  },
  PlaceOrder: {
    OrderPlaced: ({ customerId }) => rows.update(customerId, (row) => ({ ...row, orders: row.orders + 1 }))
  },
  CancelOrder: {
    OrderCancelled: ({ customerId }) => rows.update(customerId, (row) => ({ ...row, orders: row.orders - 1 }))
  }
}))
