import { describe, it } from "@effect/vitest"
import { AccessDenied } from "@reventless/core/Access"
import { publishCommand } from "@reventless/core/Action"
import { InvalidCommand } from "@reventless/core/CommandBus"
import * as Principal from "@reventless/core/Principal"
import { AddProduct, Restock } from "@reventless/example-catalog"
import { CategoryId } from "@reventless/example-catalog-spec"
import { ProductExists } from "@reventless/example-catalog/AddProduct/AddProduct"
import { AddProductLive } from "@reventless/example-catalog/AddProduct/AddProduct_Behavior"
import { CategoryIsArchived, CategoryUnknown } from "@reventless/example-catalog/Category/Category"
import { CurrencyDiffers } from "@reventless/example-catalog/ChangePrice/ChangePrice"
import { ChangePriceLive } from "@reventless/example-catalog/ChangePrice/ChangePrice_Behavior"
import { ImportProductsLive } from "@reventless/example-catalog/ImportProducts/ImportProducts_Run"
import { MoveStockLive } from "@reventless/example-catalog/MoveStock/MoveStock_Behavior"
import { ProductIsRetired, ProductUnknown } from "@reventless/example-catalog/ProductErrors"
import { RenameProductLive } from "@reventless/example-catalog/RenameProduct/RenameProduct_Behavior"
import { RestockLive } from "@reventless/example-catalog/Restock/Restock_Behavior"
import { RetireProductLive } from "@reventless/example-catalog/RetireProduct/RetireProduct_Behavior"
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
  kitchenCreated,
  productId
} from "./fixtures.ts"

describe("adding a product", () => {
  it.effect("puts it into open categories", () =>
    Spec.given(AddProductLive, [kitchenCreated, giftsCreated])
      .when(kettle)
      .then([kettleAdded]))

  it.effect("is refused when the product exists", () =>
    Spec.given(AddProductLive, [kitchenCreated, giftsCreated, kettleAdded])
      .when({ ...kettle, name: "Another kettle" })
      .thenFails(new ProductExists({ productId })))

  it.effect("is refused when one of its categories doesn't exist", () =>
    Spec.given(AddProductLive, [kitchenCreated])
      .when(kettle)
      .thenFails(new CategoryUnknown({ categoryId: gifts })))

  it.effect("is refused when one of its categories is archived", () =>
    Spec.given(AddProductLive, [kitchenCreated, giftsCreated, giftsArchived])
      .when(kettle)
      .thenFails(new CategoryIsArchived({ categoryId: gifts })))

  it.effect("is refused when it names a category twice", () =>
    Spec.given(AddProductLive, [giftsCreated])
      .when({ ...kettle, categoryIds: [gifts, gifts] })
      .thenFails(InvalidCommand))

  it.effect("is for shop managers only", () =>
    Spec.given(AddProductLive, [kitchenCreated, giftsCreated])
      .when(kettle, { principal: Principal.user("ada", ["customer"]) })
      .thenFails(AccessDenied))
})

describe("renaming a product", () => {
  it.effect("gives it a new name", () =>
    Spec.given(RenameProductLive, [kettleAdded])
      .when({ productId, name: "Gooseneck kettle" })
      .then([kettleRenamed]))

  it.effect("to the name it has changes nothing", () =>
    Spec.given(RenameProductLive, [kettleAdded, kettleRenamed])
      .when({ productId, name: "Gooseneck kettle" })
      .thenNothing)

  it.effect("is refused when it is retired", () =>
    Spec.given(RenameProductLive, [kettleAdded, kettleRetired])
      .when({ productId, name: "Gooseneck kettle" })
      .thenFails(new ProductIsRetired({ productId })))

  it.effect("is refused when there is no such product", () =>
    Spec.given(RenameProductLive, [])
      .when({ productId, name: "Gooseneck kettle" })
      .thenFails(new ProductUnknown({ productId })))
})

describe("changing a price", () => {
  it.effect("gives the product a new price", () =>
    Spec.given(ChangePriceLive, [kettleAdded])
      .when({ productId, price: euros(69) })
      .then([kettleRepriced]))

  it.effect("to the price it has changes nothing", () =>
    Spec.given(ChangePriceLive, [kettleAdded, kettleRepriced])
      .when({ productId, price: euros(69) })
      .thenNothing)

  it.effect("can't change the currency", () =>
    Spec.given(ChangePriceLive, [kettleAdded])
      .when({ productId, price: { amount: 6900, currency: "USD" } })
      .thenFails(new CurrencyDiffers({ productId, currency: "EUR" })))

  it.effect("is refused when the product is retired", () =>
    Spec.given(ChangePriceLive, [kettleAdded, kettleRetired])
      .when({ productId, price: euros(69) })
      .thenFails(ProductIsRetired))

  it.effect("is refused when there is no such product", () =>
    Spec.given(ChangePriceLive, [])
      .when({ productId, price: euros(69) })
      .thenFails(ProductUnknown))
})

describe("retiring a product", () => {
  it.effect("takes it off sale", () =>
    Spec.given(RetireProductLive, [kettleAdded])
      .when({ productId })
      .then([kettleRetired]))

  it.effect("that is retired changes nothing", () =>
    Spec.given(RetireProductLive, [kettleAdded, kettleRetired])
      .when({ productId })
      .thenNothing)

  it.effect("is refused when there is no such product", () =>
    Spec.given(RetireProductLive, [])
      .when({ productId })
      .thenFails(ProductUnknown))
})

describe("restocking a product", () => {
  it.effect("has so many more of it", () =>
    Spec.given(RestockLive, [kettleAdded])
      .when({ productId, count: 5 })
      .then([kettlesDelivered]))

  it.effect("is refused when it is retired", () =>
    Spec.given(RestockLive, [kettleAdded, kettleRetired])
      .when({ productId, count: 5 })
      .thenFails(new ProductIsRetired({ productId })))

  it.effect("is refused when there is no such product", () =>
    Spec.given(RestockLive, [])
      .when({ productId, count: 5 })
      .thenFails(new ProductUnknown({ productId })))

  it.effect("is refused when nothing was delivered", () =>
    Spec.given(RestockLive, [kettleAdded])
      .when({ productId, count: 0 })
      .thenFails(InvalidCommand))
})

describe("what is sold of a product", () => {
  const sale = { productId, by: -2, reference: "order 1001" }

  it.effect("is taken note of", () =>
    Spec.given(MoveStockLive, [kettleAdded])
      .when(sale)
      .then([kettlesSold]))

  it.effect("is refused when there is no such product", () =>
    Spec.given(MoveStockLive, [])
      .when(sale)
      .thenFails(new ProductUnknown({ productId })))
})

describe("importing products", () => {
  const head = "productId,category,name,price,currency,count"

  it.effect("adds and restocks those of the list whose lines are right", () =>
    Spec.task(ImportProductsLive, {
      "products/spring.csv": `${head}\nkettle,kitchen,Kettle,79.00,EUR,5\nmug,kitchen,Mug,a lot,EUR,3\n`
    })
      .when({ key: "products/spring.csv" })
      .thenSends([
        publishCommand(AddProduct, {
          productId,
          categoryIds: [CategoryId.make("kitchen")],
          name: "Kettle",
          description: "",
          price: euros(79)
        }),
        publishCommand(Restock, { productId, count: 5 })
      ]))

  it.effect("takes nothing of what is no list", () =>
    Spec.task(ImportProductsLive, { "products/spring.csv": "kettles, and some mugs" })
      .when({ key: "products/spring.csv" })
      .thenNothing)
})
