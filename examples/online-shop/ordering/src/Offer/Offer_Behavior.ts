import * as Effect from "effect/Effect"
import { Offer, OfferRenamed, OfferRepriced, OfferStocked, OfferWithdrawn, ProductOffered } from "./Offer.ts"

/** The catalog has decided already: an offer follows, and says once what is said twice. */
export const OfferLive = Offer.behavior({
  initial: "none" as "none" | "open" | "withdrawn",
  evolve: {
    ProductOffered: () => "open",
    OfferRenamed: (offer) => offer,
    OfferRepriced: (offer) => offer,
    OfferStocked: (offer) => offer,
    OfferWithdrawn: () => "withdrawn"
  },
  decide: {
    OfferProduct: (command, offer) => Effect.succeed(offer === "none" ? [ProductOffered.make(command)] : []),
    RenameOffer: (command) => Effect.succeed([OfferRenamed.make(command)]),
    RepriceOffer: (command) => Effect.succeed([OfferRepriced.make(command)]),
    StockOffer: (command) => Effect.succeed([OfferStocked.make(command)]),
    WithdrawOffer: (command, offer) => Effect.succeed(offer === "withdrawn" ? [] : [OfferWithdrawn.make(command)])
  }
})
