/**
 * What can be ordered: what ordering needs to know of a product, as the catalog tells it. An aggregate, because an offer is
 * nothing but what became of one product; nobody sends these commands but the extension that follows the catalog.
 */
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as OrderingAccess from "../OrderingAccess.ts"

const offer = { productId: ProductId, name: Schema.String, price: Money }

export class ProductOffered extends Event.make("ProductOffered", offer) {}
export class OfferRenamed extends Event.make("OfferRenamed", { productId: ProductId, name: Schema.String }) {}
export class OfferRepriced extends Event.make("OfferRepriced", { productId: ProductId, price: Money }) {}
/** So many more can be ordered. */
export class OfferStocked extends Event.make("OfferStocked", { productId: ProductId, count: Schema.Int }) {}
export class OfferWithdrawn extends Event.make("OfferWithdrawn", { productId: ProductId }) {}

const access = OrderingAccess.manage

export class Offer extends Aggregate.make("Offer", {
  id: ProductId,
  commands: [
    Command.make("OfferProduct", offer, { access, description: "Lets a product be ordered." }),
    Command.make("RenameOffer", { productId: ProductId, name: Schema.String }, {
      access,
      description: "Calls it in later orders as the catalog does now."
    }),
    Command.make("RepriceOffer", { productId: ProductId, price: Money }, {
      access,
      description: "Changes what later orders cost."
    }),
    Command.make("StockOffer", { productId: ProductId, count: Schema.Int }, {
      access,
      description: "Lets so many more be ordered."
    }),
    Command.make("WithdrawOffer", { productId: ProductId }, {
      access,
      description: "Takes no more orders of it; those that were placed stay."
    })
  ],
  events: [ProductOffered, OfferRenamed, OfferRepriced, OfferStocked, OfferWithdrawn]
}) {}
