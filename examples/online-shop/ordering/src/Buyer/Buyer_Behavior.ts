import * as Effect from "effect/Effect"
import { Buyer, BuyerAdmitted, BuyerDismissed, BuyerMoved } from "./Buyer.ts"

export const BuyerLive = Buyer.behavior({
  initial: "unknown" as "unknown" | "admitted" | "dismissed",
  evolve: {
    BuyerAdmitted: () => "admitted",
    BuyerMoved: (buyer) => buyer,
    BuyerDismissed: () => "dismissed"
  },
  decide: {
    AdmitBuyer: (command, buyer) => Effect.succeed(buyer === "unknown" ? [BuyerAdmitted.make(command)] : []),
    MoveBuyer: (command) => Effect.succeed([BuyerMoved.make(command)]),
    DismissBuyer: (command, buyer) => Effect.succeed(buyer === "admitted" ? [BuyerDismissed.make(command)] : [])
  }
})
