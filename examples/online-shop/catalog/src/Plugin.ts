import * as Plugin from "@reventless/core/Plugin"
import { AddProductLive } from "./AddProduct/AddProduct_Behavior.ts"
import { CategoriesLive } from "./Categories/Categories_Projections.ts"
import { CategoryLive } from "./Category/Category_Behavior.ts"
import { ChangePriceLive } from "./ChangePrice/ChangePrice_Behavior.ts"
import { LivePricesLive } from "./LivePrices/LivePrices_Projection.ts"
import { ProductsLive } from "./Products/Products_Projection.ts"
import { ProductsByCategoryLive } from "./ProductsByCategory/ProductsByCategory_Projection.ts"
import { RenameProductLive } from "./RenameProduct/RenameProduct_Behavior.ts"
import { RetireProductLive } from "./RetireProduct/RetireProduct_Behavior.ts"

export const Catalog = Plugin.make("Catalog", {
  version: "1.0.0",
  heartbeatInterval: "5 minutes",
  aggregates: [CategoryLive],
  stateChangeSlices: [AddProductLive, RenameProductLive, ChangePriceLive, RetireProductLive],
  stateViewSlices: [ProductsLive, ProductsByCategoryLive, LivePricesLive],
  readModels: [CategoriesLive]
})
