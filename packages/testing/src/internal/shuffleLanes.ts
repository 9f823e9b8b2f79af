import type { Delivery } from "@reventless/core/ReactionPipeline"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** Deliveries in the order of these lanes, of which each gives its next: each lane keeps its order. */
const inOrderOf = (lanes: ReadonlyArray<string>, deliveries: ReadonlyArray<Delivery>): ReadonlyArray<Delivery> => {
  const waiting = Map.groupBy(deliveries, ({ lane }) => lane)
  return lanes.map((lane) => waiting.get(lane)!.shift()!)
}

/** Shuffles deliveries as far as their lanes allow. */
export const shuffleLanes = (deliveries: ReadonlyArray<Delivery>): Effect.Effect<ReadonlyArray<Delivery>> =>
  Effect.map(Random.shuffle(deliveries.map(({ lane }) => lane)), (lanes) => inOrderOf(lanes, deliveries))

/** Reverses deliveries as far as their lanes allow. */
export const reverseLanes = (deliveries: ReadonlyArray<Delivery>): ReadonlyArray<Delivery> =>
  inOrderOf(deliveries.map(({ lane }) => lane).reverse(), deliveries)
