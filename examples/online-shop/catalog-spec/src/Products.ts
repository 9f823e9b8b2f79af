/**
 * What the catalog tells others of its products, and what it has them say. A contract of its own: it says "became
 * available", whatever the catalog calls it inside, and leaves out what is nobody else's business, such as categories and
 * descriptions.
 */
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Schema from "effect/Schema"
import { ProductId } from "./ids.ts"
import { Money } from "./Money.ts"

export class ProductBecameAvailable extends Event.make("ProductBecameAvailable", {
  productId: ProductId,
  name: Schema.String,
  price: Money
}) {}

export class ProductPriceChanged extends Event.make("ProductPriceChanged", { productId: ProductId, price: Money }) {}

export class ProductNameChanged
  extends Event.make("ProductNameChanged", { productId: ProductId, name: Schema.String })
{}

/** So many more can be sold. */
export class ProductRestocked extends Event.make("ProductRestocked", { productId: ProductId, count: Schema.Int }) {}

/** It isn't sold any more, and won't be again. */
export class ProductWithdrawn extends Event.make("ProductWithdrawn", { productId: ProductId }) {}

const movement = {
  productId: ProductId,
  quantity: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 })),
  /** What the movement is for, in the words of whoever reports it. */
  reference: Schema.NonEmptyString
}

export class Products extends ExtensionPoint.make("Catalog.Products", {
  version: "1.0.0",
  events: [ProductBecameAvailable, ProductPriceChanged, ProductNameChanged, ProductRestocked, ProductWithdrawn],
  commands: [
    Command.make("ReportSold", movement, { description: "So many were sold: they are no longer on the shelf." }),
    Command.make("ReportReturned", movement, { description: "So many that were sold are back on the shelf." })
  ],
  connect: ["Ordering"],
  description: "What is on sale, at which price, and how many there are."
}) {}
