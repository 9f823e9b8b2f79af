/** What the shop's plugins call the same thing: the ids of the catalog. */
import * as Id from "@reventless/core/Id"

export const ProductId = Id.make("product")
export type ProductId = typeof ProductId.Type

export const CategoryId = Id.make("category")
export type CategoryId = typeof CategoryId.Type
