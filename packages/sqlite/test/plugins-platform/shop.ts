/** Two plugins that talk: what the one sells, the other one offers. */
import * as Access from "@reventless/core/Access"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"

export const fields = { productId: Id.make("product") }

class ProductBecameAvailable extends Event.make("ProductBecameAvailable", fields) {}
const products = (version: string) =>
  ExtensionPoint.make("Catalog.Products", { version, events: [ProductBecameAvailable] })

class ProductAdded extends Event.make("ProductAdded", fields) {}
export class AddProduct extends StateChangeSlice.make("AddProduct", {
  command: fields,
  consumes: [ProductAdded],
  produces: [ProductAdded],
  access: Access.anyone
}) {}

class ProductOffered extends Event.make("ProductOffered", fields) {}
class OfferProduct extends StateChangeSlice.make("OfferProduct", {
  command: fields,
  consumes: [ProductOffered],
  produces: [ProductOffered],
  access: Access.anyone
}) {}

/** The provider, with a contract of some version. */
export const catalog = (version: string, contract: string) =>
  Plugin.make("Catalog", {
    version,
    stateChangeSlices: [AddProduct.behavior({
      initial: false,
      evolve: { ProductAdded: () => true },
      decide: (command, isThere) => Effect.succeed(isThere ? [] : [ProductAdded.make(command)])
    })],
    extensionPoints: [
      products(contract).mapping({
        from: [ProductAdded],
        outgoing: { ProductAdded: (event) => publishEvent(ProductBecameAvailable.make(event)) }
      })
    ]
  })

/** The plugin that follows it; `offered` is told of each product. */
export const ordering = (version: string, contract: string, offered: (product: string) => void) =>
  Plugin.make("Ordering", {
    version,
    stateChangeSlices: [OfferProduct.behavior({
      initial: false,
      evolve: { ProductOffered: () => true },
      decide: (command, isThere) =>
        Effect.sync(() => {
          if (!isThere) offered(command.productId)
          return isThere ? [] : [ProductOffered.make(command)]
        })
    })],
    extensions: [
      products(contract).extension({
        incoming: { ProductBecameAvailable: ({ productId }) => publishCommand(OfferProduct, { productId }) }
      })
    ]
  })
