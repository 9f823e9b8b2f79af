import { ProductsByCategory } from "./ProductsByCategory.ts"

export const ProductsByCategoryLive = ProductsByCategory.projection((rows) => ({
  ProductAdded: ({ categoryIds, name, price, productId }) =>
    categoryIds.map((categoryId) => rows.set({ categoryId, productId, name, price })),
  ProductRenamed: ({ categoryIds, name, productId }) =>
    categoryIds.map((categoryId) => rows.update([categoryId, productId], (row) => ({ ...row, name }))),
  PriceChanged: ({ categoryIds, price, productId }) =>
    categoryIds.map((categoryId) => rows.update([categoryId, productId], (row) => ({ ...row, price }))),
  ProductRetired: ({ categoryIds, productId }) => categoryIds.map((categoryId) => rows.remove([categoryId, productId]))
}))
