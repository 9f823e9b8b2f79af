import * as Effect from "effect/Effect"
import { ProductIsRetired, ProductUnknown } from "../ProductErrors.ts"
import { StockDelivered } from "../ProductEvents.ts"
import { Restock } from "./Restock.ts"

export const RestockLive = Restock.behavior({
  initial: "unknown" as "unknown" | "on sale" | "retired",
  evolve: { ProductAdded: () => "on sale", ProductRetired: () => "retired" },
  decide: (command, product) => {
    switch (product) {
      case "unknown":
        return Effect.fail(new ProductUnknown(command))
      case "retired":
        return Effect.fail(new ProductIsRetired(command))
      case "on sale":
        return Effect.succeed([StockDelivered.make(command)])
    }
  }
})
