import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** Waits longer after each failure, up to 5 s. */
const pauses = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])

const isAway = (error: unknown): boolean => {
  const { _tag, isRetryable } = Object(error) as { readonly _tag?: unknown; readonly isRetryable?: unknown }
  return isRetryable === true || _tag === "Contended"
}

/**
 * Tries an operation of a store, or what comes down to one, until the store is back. That it is away is no fault of the
 * message: no attempt is used up, and no person has to have thousands of them done again afterwards.
 */
export const patiently = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.catch(effect, (error) =>
    isAway(error)
      ? Effect.logWarning("A message between plugins waits for a store", error).pipe(
        Effect.andThen(Effect.sleep("100 millis")),
        Effect.andThen(Effect.retry(effect, { while: isAway, schedule: pauses }))
      )
      : Effect.fail(error))
