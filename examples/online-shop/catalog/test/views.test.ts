import { describe, it } from "@effect/vitest"
import { CategoriesLive } from "@reventless/example-catalog/Categories/Categories_Projections"
import { LivePricesLive } from "@reventless/example-catalog/LivePrices/LivePrices_Projection"
import { StockMoved } from "@reventless/example-catalog/ProductEvents"
import { ProductsLive } from "@reventless/example-catalog/Products/Products_Projection"
import { ProductsByCategoryLive } from "@reventless/example-catalog/ProductsByCategory/ProductsByCategory_Projection"
import { StockLive } from "@reventless/example-catalog/Stock/Stock_Projection"
import * as Spec from "@reventless/testing/Spec"
import {
  euros,
  gifts,
  giftsArchived,
  giftsCreated,
  kettle,
  kettleAdded,
  kettleRenamed,
  kettleRepriced,
  kettleRetired,
  kettlesDelivered,
  kettlesSold,
  kitchen,
  kitchenCreated,
  productId
} from "./fixtures.ts"

const name = "Gooseneck kettle"
const price = euros(69)

describe("products", () => {
  it.effect("have their newest name and price", () =>
    Spec.given(ProductsLive, [kettleAdded, kettleRenamed, kettleRepriced])
      .thenRows([{ ...kettle, name, price, retired: false }]))

  it.effect("are still there when they are retired", () =>
    Spec.given(ProductsLive, [kettleAdded, kettleRetired])
      .thenRows([{ ...kettle, retired: true }]))
})

describe("products by category", () => {
  it.effect("are in each of their categories, with their newest name and price", () =>
    Spec.given(ProductsByCategoryLive, [kettleAdded, kettleRenamed, kettleRepriced])
      .thenRows([{ categoryId: kitchen, productId, name, price }, { categoryId: gifts, productId, name, price }]))

  it.effect("are gone when they are retired", () =>
    Spec.given(ProductsByCategoryLive, [kettleAdded, kettleRetired])
      .thenRows([]))
})

describe("live prices", () => {
  it.effect("are those of what is on sale", () =>
    Spec.given(LivePricesLive, [kettleAdded, kettleRepriced])
      .thenRows([{ productId, price }]))

  it.effect("are gone when the product is retired", () =>
    Spec.given(LivePricesLive, [kettleAdded, kettleRetired])
      .thenNoRow(productId))
})

describe("categories", () => {
  it.effect("count the products on sale", () =>
    Spec.given(CategoriesLive, [kitchenCreated, giftsCreated, kettleAdded])
      .thenRows([
        { categoryId: kitchen, name: "Kitchen", archived: false, products: 1 },
        { categoryId: gifts, name: "Gifts", archived: false, products: 1 }
      ]))

  it.effect("no longer count a product that is retired", () =>
    Spec.given(CategoriesLive, [kitchenCreated, giftsCreated, kettleAdded, kettleRetired])
      .thenRow(kitchen, { categoryId: kitchen, name: "Kitchen", archived: false, products: 0 }))

  it.effect("keep their products when they are archived", () =>
    Spec.given(CategoriesLive, [kitchenCreated, giftsCreated, kettleAdded, giftsArchived])
      .thenRow(gifts, { categoryId: gifts, name: "Gifts", archived: true, products: 1 }))
})

describe("the stock", () => {
  it.effect("is what was delivered less what was sold", () =>
    Spec.given(StockLive, [kettleAdded, kettlesDelivered, kettlesSold])
      .thenRows([{ productId, delivered: 5, sold: 2, left: 3 }]))

  it.effect("has back what was returned", () =>
    Spec.given(StockLive, [kettleAdded, kettlesDelivered, kettlesSold, StockMoved.make({ ...kettlesSold, by: 2 })])
      .thenRows([{ productId, delivered: 5, sold: 0, left: 5 }]))
})
