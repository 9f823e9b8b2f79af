import { CommandBus } from "@reventless/core/CommandBus"
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as Effect from "effect/Effect"
import { AddProduct } from "../AddProduct/AddProduct.ts"
import { ChangePrice } from "../ChangePrice/ChangePrice.ts"
import { Restock } from "../Restock/Restock.ts"
import { ImportProducts } from "./ImportProducts.ts"
import * as ProductList from "./ProductList.ts"

type Fault = ProductList.ProductList["faults"][number]

const report = (taken: number, faults: ReadonlyArray<Fault>): string =>
  [
    `${taken} products taken, ${faults.length} lines left out`,
    ...faults.map(({ detail, line }) => `line ${line}: ${detail}`)
  ].join("\n") + "\n"

/** Adds a product, or has it cost what the list says when it is there already; then takes what was delivered of it. */
const take = Effect.fnUntraced(function*(product: ProductList.Product, idOf: (part: string) => string) {
  const { category, count, name, price, productId } = product
  const bus = yield* CommandBus
  yield* bus.send(
    AddProduct,
    { productId, categoryIds: [category], name, description: "", price },
    { commandId: idOf(`${productId}/add`) }
  ).pipe(
    Effect.catchTag(
      "ProductExists",
      () => bus.send(ChangePrice, { productId, price }, { commandId: idOf(`${productId}/price`) })
    )
  )
  if (count > 0) yield* bus.send(Restock, { productId, count }, { commandId: idOf(`${productId}/restock`) })
})

export const ImportProductsLive = ImportProducts.run(
  Effect.fn("ImportProducts.run")(function*({ key }, { commandId }) {
    const objects = yield* ObjectStore
    const list = ProductList.read(yield* objects.text(key))
    // What the catalog refuses for good is a line left out, with the reason; what fails for now has the whole list read again.
    const refused = yield* Effect.forEach(list.products, ({ line, product }) =>
      take(product, commandId).pipe(
        Effect.as([]),
        Effect.catchTag(
          ["CategoryUnknown", "CategoryIsArchived", "CurrencyDiffers", "ProductIsRetired"],
          ({ message }) => Effect.succeed([{ line, detail: message }])
        )
      ), { concurrency: 16 })
    const faults = [...list.faults, ...refused.flat()].sort((one, other) => one.line - other.line)
    yield* objects.put(`reports/${key}.txt`, report(list.products.length - refused.flat().length, faults))
  })
)
