import { CommandBus } from "@reventless/core/CommandBus"
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as Effect from "effect/Effect"
import { OfferProduct } from "../OfferProduct/OfferProduct.ts"
import { ImportProducts } from "./ImportProducts.ts"
import * as ProductList from "./ProductList.ts"

const report = ({ faults, products }: ProductList.ProductList): string =>
  [
    `${products.length} products taken, ${faults.length} lines left out`,
    ...faults.map(({ detail, line }) => `line ${line}: ${detail}`)
  ].join("\n") + "\n"

export const ImportProductsLive = ImportProducts.run(
  Effect.fn("ImportProducts.run")(function*({ key }, { commandId }) {
    const objects = yield* ObjectStore
    const bus = yield* CommandBus
    const list = ProductList.read(yield* objects.text(key))
    yield* Effect.forEach(
      list.products,
      ({ product }) => bus.send(OfferProduct, product, { commandId: commandId(product.productId) }),
      { concurrency: 16, discard: true }
    )
    yield* objects.put(`reports/${key}.txt`, report(list))
  })
)
