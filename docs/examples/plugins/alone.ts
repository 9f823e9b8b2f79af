import * as Access from "@reventless/core/Access"
import { publishCommand } from "@reventless/core/Action"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Products } from "../talking/contract.ts"
import { OfferProduct } from "../talking/ordering.ts"

const OfferProductLive = OfferProduct.behavior({ initial: null, evolve: {}, decide: () => Effect.succeed([]) })
const ProductsExtensionLive = Products.extension({
  incoming: {
    ProductBecameAvailable: ({ name, productId }) => publishCommand(OfferProduct, { productId, name }),
    StockRanOut: () => []
  }
})

// #region alone
const Ordering = Plugin.make("Ordering", {
  version: "1.1.0",
  heartbeatInterval: "1 minute",
  stateChangeSlices: [OfferProductLive],
  extensions: [ProductsExtensionLive]
})

/** A process with one plugin. Another one, with Catalog, opens the same file. */
export const orderingAlone = (filename: string) =>
  Platform.layer({
    version: "1.1.0",
    plugins: [Ordering],
    external: ["Catalog.Products"],
    operators: Access.groups("operators")
  }).pipe(Layer.provide(SqlitePlatform.layer({ filename })))
// #endregion alone
