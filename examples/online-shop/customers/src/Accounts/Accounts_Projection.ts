import { Accounts } from "./Accounts.ts"

export const AccountsLive = Accounts.projection((rows) => ({
  CustomerRegistered: (customer) => rows.set({ ...customer, leaves: false }),
  CustomerMoved: ({ address, customerId }) => rows.update(customerId, (row) => ({ ...row, address })),
  CustomerEmailChanged: ({ customerId, email }) => rows.update(customerId, (row) => ({ ...row, email })),
  CustomerLeft: ({ customerId }) => rows.update(customerId, (row) => ({ ...row, leaves: true })),
  CustomerStayed: ({ customerId }) => rows.update(customerId, (row) => ({ ...row, leaves: false })),
  CustomerClosed: ({ customerId }) => rows.remove(customerId)
}))
