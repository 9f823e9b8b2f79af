import * as Effect from "effect/Effect"
import type { LeasedWork, WorkResult } from "../../WorkStore.ts"

/**
 * Says that an attempt failed, for whoever watches the logs: a warning where it is tried again and its reason is new, an
 * error where it is parked. So an item that goes on failing for one reason says two things, not one for each attempt.
 */
export const tellFailure = (component: string, { attempts, id, lane, reason }: LeasedWork, result: WorkResult) => {
  switch (result._tag) {
    case "Park":
      return Effect.logError(`${component} parked ${id}: ${result.reason}`, { lane })
    case "Retry":
      return attempts > 1 && result.reason === reason
        ? Effect.void
        : Effect.logWarning(`${component} failed on ${id} and tries it again: ${result.reason}`, { lane })
    default:
      return Effect.void
  }
}
