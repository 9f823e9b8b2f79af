import type { Delivery } from "@reventless/core/ReactionPipeline"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** Shuffles deliveries as far as their lanes allow: each lane keeps its order. */
export const shuffleLanes = (deliveries: ReadonlyArray<Delivery>): Effect.Effect<ReadonlyArray<Delivery>> =>
  Effect.map(Random.shuffle(deliveries.map(({ lane }) => lane)), (lanes) => {
    const waiting = new Map<string, Array<Delivery>>()
    for (const delivery of deliveries) {
      const lane = waiting.get(delivery.lane)
      if (lane === undefined) waiting.set(delivery.lane, [delivery])
      else lane.push(delivery)
    }
    return lanes.map((lane) => waiting.get(lane)!.shift()!)
  })
