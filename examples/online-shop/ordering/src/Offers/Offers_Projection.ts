import { Offers } from "./Offers.ts"

export const OffersLive = Offers.projection((rows) => ({
  ProductOffered: ({ name, price, productId, stock }) => rows.set({ productId, name, price, left: stock }),
  OrderPlaced: ({ productId, quantity }) => rows.update(productId, (row) => ({ ...row, left: row.left - quantity })),
  OrderCancelled: ({ productId, quantity }) => rows.update(productId, (row) => ({ ...row, left: row.left + quantity }))
}))
