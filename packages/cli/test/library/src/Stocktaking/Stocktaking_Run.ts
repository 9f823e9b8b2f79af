import * as Effect from "effect/Effect"
import { Stocktaking } from "./Stocktaking.ts"

export const StocktakingLive = Stocktaking.run(() => Effect.void)
