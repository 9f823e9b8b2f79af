/** What others hear of the catalog, and what becomes of what they say. */
import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import { MoveStock } from "@reventless/example-catalog"
import {
  ProductBecameAvailable,
  ProductNameChanged,
  ProductPriceChanged,
  ProductRestocked,
  Products,
  ProductWithdrawn
} from "@reventless/example-catalog-spec"
import { ProductsMappingLive } from "@reventless/example-catalog/ExtensionPoint/Products_ExtensionPointMapping"
import * as Spec from "@reventless/testing/Spec"
import * as Effect from "effect/Effect"
import {
  euros,
  kettleAdded,
  kettleRenamed,
  kettleRepriced,
  kettleRetired,
  kettlesDelivered,
  productId
} from "./fixtures.ts"

const products = Spec.extensionPoint(ProductsMappingLive)

describe("others hear of a product", () => {
  it.effect("that it is available, not in which categories nor how it is described", () =>
    products.whenEvent(kettleAdded).then([
      publishEvent(ProductBecameAvailable.make({ productId, name: "Kettle", price: euros(79) }))
    ]))

  it.effect("how it is called now", () =>
    products.whenEvent(kettleRenamed).then([
      publishEvent(ProductNameChanged.make({ productId, name: "Gooseneck kettle" }))
    ]))

  it.effect("what it costs now", () =>
    products.whenEvent(kettleRepriced).then([publishEvent(ProductPriceChanged.make({ productId, price: euros(69) }))]))

  it.effect("how many more there are", () =>
    products.whenEvent(kettlesDelivered).then([publishEvent(ProductRestocked.make({ productId, count: 5 }))]))

  it.effect("that it isn't sold any more", () =>
    products.whenEvent(kettleRetired).then([publishEvent(ProductWithdrawn.make({ productId }))]))
})

describe("others say of a product", () => {
  const { ReportReturned, ReportSold } = Products.commands
  const reference = "order 1001"

  it.effect("that so many are sold", () =>
    products.whenCommand(ReportSold, { productId, quantity: 2, reference }).then([
      publishCommand(MoveStock, { productId, by: -2, reference })
    ]))

  it.effect("that so many are back", () =>
    products.whenCommand(ReportReturned, { productId, quantity: 2, reference }).then([
      publishCommand(MoveStock, { productId, by: 2, reference })
    ]))

  it.effect("what can't be, and are refused before anything is mapped", () =>
    Effect.gen(function*() {
      const refused = yield* Effect.flip(
        products.whenCommand(ReportSold, { productId, quantity: 0, reference }).thenNothing
      )
      assert.match(refused.message, /ReportSold is no command of the contract\n.*between 1 and 10000\n.*quantity/)
    }))
})
