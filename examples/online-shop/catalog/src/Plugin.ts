import * as Plugin from "@reventless/core/Plugin"
import { AddProductLive } from "./AddProduct/AddProduct_Behavior.ts"
import { CategoriesLive } from "./Categories/Categories_Projections.ts"
import { CategoryLive } from "./Category/Category_Behavior.ts"
import { ChangePriceLive } from "./ChangePrice/ChangePrice_Behavior.ts"
import { ProductsMappingLive } from "./ExtensionPoint/Products_ExtensionPointMapping.ts"
import { ImportProductsLive } from "./ImportProducts/ImportProducts_Run.ts"
import { LivePricesLive } from "./LivePrices/LivePrices_Projection.ts"
import { MoveStockLive } from "./MoveStock/MoveStock_Behavior.ts"
import { ProductsLive } from "./Products/Products_Projection.ts"
import { ProductsByCategoryLive } from "./ProductsByCategory/ProductsByCategory_Projection.ts"
import { RenameProductLive } from "./RenameProduct/RenameProduct_Behavior.ts"
import { RestockLive } from "./Restock/Restock_Behavior.ts"
import { RetireProductLive } from "./RetireProduct/RetireProduct_Behavior.ts"
import { StockLive } from "./Stock/Stock_Projection.ts"

export const Catalog = Plugin.make("Catalog", {
  version: "1.0.0",
  heartbeatInterval: "5 minutes",
  aggregates: [CategoryLive],
  stateChangeSlices: [
    AddProductLive,
    ChangePriceLive,
    MoveStockLive,
    RenameProductLive,
    RestockLive,
    RetireProductLive
  ],
  stateViewSlices: [LivePricesLive, ProductsByCategoryLive, ProductsLive, StockLive],
  readModels: [CategoriesLive],
  tasks: [ImportProductsLive],
  extensionPoints: [ProductsMappingLive]
})
