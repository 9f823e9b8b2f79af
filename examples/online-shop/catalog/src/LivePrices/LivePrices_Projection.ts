import { LivePrices } from "./LivePrices.ts"

export const LivePricesLive = LivePrices.projection((rows) => ({
  ProductAdded: ({ price, productId }) => rows.set({ productId, price }),
  PriceChanged: ({ price, productId }) => rows.set({ productId, price }),
  ProductRetired: ({ productId }) => rows.remove(productId)
}))
