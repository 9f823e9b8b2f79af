// #region imports
import * as Command from "@reventless/core/Command"
import * as Directive from "@reventless/core/Directive"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Schema from "effect/Schema"
// #endregion imports

// #region contract
export const ProductId = Id.make("product")

export class ProductBecameAvailable extends Event.make("ProductBecameAvailable", {
  productId: ProductId,
  name: Schema.String
}) {}

export class StockRanOut extends Event.make("StockRanOut", { productId: ProductId }) {}

export class Remind extends Directive.make("Remind", { productId: ProductId, text: Schema.String }) {}

export class Products extends ExtensionPoint.make("Catalog.Products", {
  version: "2.1.0",
  events: [ProductBecameAvailable, StockRanOut],
  commands: [Command.make("Restock", { productId: ProductId, count: Schema.Int })],
  directives: [Remind],
  connect: ["Ordering"]
}) {}
// #endregion contract

// #region first
export class ProductAppeared extends Event.make("ProductAppeared", { productId: ProductId }) {}

/** The first major version, as it was published. */
export class ProductsV1 extends ExtensionPoint.make("Catalog.Products", {
  version: "1.4.0",
  events: [ProductAppeared],
  commands: [Command.make("RestockDozens", { productId: ProductId, dozens: Schema.Int })]
}) {}
// #endregion first
