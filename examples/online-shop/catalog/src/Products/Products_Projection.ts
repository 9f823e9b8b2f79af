import { Products } from "./Products.ts"

export const ProductsLive = Products.projection((rows) => ({
  ProductAdded: (product) => rows.set({ ...product, retired: false }),
  ProductRenamed: ({ name, productId }) => rows.update(productId, (row) => ({ ...row, name })),
  PriceChanged: ({ price, productId }) => rows.update(productId, (row) => ({ ...row, price })),
  ProductRetired: ({ productId }) => rows.update(productId, (row) => ({ ...row, retired: true }))
}))
