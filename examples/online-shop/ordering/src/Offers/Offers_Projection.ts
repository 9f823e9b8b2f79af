import { Offers } from "./Offers.ts"

export const OffersLive = Offers.projection((rows) => ({
  ProductOffered: (offer) => rows.set({ ...offer, left: 0 }),
  OfferRenamed: ({ name, productId }) => rows.update(productId, (row) => ({ ...row, name })),
  OfferRepriced: ({ price, productId }) => rows.update(productId, (row) => ({ ...row, price })),
  OfferStocked: ({ count, productId }) => rows.update(productId, (row) => ({ ...row, left: row.left + count })),
  OfferWithdrawn: ({ productId }) => rows.remove(productId),
  OrderPlaced: ({ productId, quantity }) => rows.update(productId, (row) => ({ ...row, left: row.left - quantity })),
  OrderCancelled: ({ productId, quantity }) => rows.update(productId, (row) => ({ ...row, left: row.left + quantity }))
}))
