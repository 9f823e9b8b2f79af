import * as Effect from "effect/Effect"
import { ProductUnknown } from "../ProductErrors.ts"
import { StockMoved } from "../ProductEvents.ts"
import { MoveStock } from "./MoveStock.ts"

export const MoveStockLive = MoveStock.behavior({
  initial: { exists: false },
  evolve: { ProductAdded: () => ({ exists: true }) },
  decide: (command, { exists }) =>
    exists ? Effect.succeed([StockMoved.make(command)]) : Effect.fail(new ProductUnknown(command))
})
