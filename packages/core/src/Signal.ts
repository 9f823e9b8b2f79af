/**
 * A signal: lets many fibers wait for "something changed" without missing a change between looking and waiting.
 *
 * Take the wait first, then look, then wait: a notification after the wait was taken completes it.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/** Wakes everyone who waits. */
export interface Signal {
  /** Gives an effect that completes at the next notification. */
  readonly next: Effect.Effect<Effect.Effect<void>>
  /** Completes every wait that was taken before. */
  readonly notify: () => void
}

/** Makes a signal. */
export const make = (): Signal => {
  let current = Deferred.makeUnsafe<void>()
  return {
    next: Effect.sync(() => Deferred.await(current)),
    notify: () => {
      const waiting = current
      current = Deferred.makeUnsafe<void>()
      Deferred.doneUnsafe(waiting, Effect.void)
    }
  }
}
