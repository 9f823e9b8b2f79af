import { Stock } from "./Stock.ts"

export const StockLive = Stock.projection((rows) => ({
  ProductAdded: ({ productId }) => rows.set({ productId, delivered: 0, sold: 0, left: 0 }),
  StockDelivered: ({ count, productId }) =>
    rows.update(productId, (row) => ({ ...row, delivered: row.delivered + count, left: row.left + count })),
  StockMoved: ({ by, productId }) =>
    rows.update(productId, (row) => ({ ...row, sold: row.sold - by, left: row.left + by }))
}))
