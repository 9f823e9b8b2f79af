import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { Money, ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import { OfferRenamed, OfferRepriced, OfferStocked, OfferWithdrawn, ProductOffered } from "../Offer/Offer.ts"
import { OrderCancelled, OrderPlaced } from "../OrderEvents.ts"
import * as OrderingAccess from "../OrderingAccess.ts"

export class Offers extends StateViewSlice.make("Offers", {
  row: { productId: ProductId, name: Schema.String, price: Money, left: Schema.Int },
  key: "productId",
  consumes: [
    ProductOffered,
    OfferRenamed,
    OfferRepriced,
    OfferStocked,
    OfferWithdrawn,
    OrderPlaced,
    OrderCancelled
  ],
  indexes: { byName: ["name"] },
  access: OrderingAccess.browse,
  description: "What can be ordered, and how many are left."
}) {}
