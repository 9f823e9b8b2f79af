import { Categories } from "./Categories.ts"

export const CategoriesLive = Categories.projections((rows) => ({
  Category: {
    CategoryCreated: ({ categoryId, name }) => rows.set({ categoryId, name, archived: false, products: 0 }),
    CategoryRenamed: ({ categoryId, name }) => rows.update(categoryId, (row) => ({ ...row, name })),
    CategoryArchived: ({ categoryId }) => rows.update(categoryId, (row) => ({ ...row, archived: true }))
  },
  AddProduct: {
    ProductAdded: ({ categoryIds }) =>
      categoryIds.map((id) => rows.update(id, (row) => ({ ...row, products: row.products + 1 })))
  },
  RetireProduct: {
    ProductRetired: ({ categoryIds }) =>
      categoryIds.map((id) => rows.update(id, (row) => ({ ...row, products: row.products - 1 })))
  }
}))
