import * as Effect from "effect/Effect"
import type { SpecFailure } from "../SpecFailure.ts"

/**
 * Gives failures the stack of whoever called the specification's last word, so that a test framework shows the line of
 * the test and not one of this package.
 */
export const withCallerStack = <R>(
  verdict: Effect.Effect<void, SpecFailure, R>
): Effect.Effect<void, SpecFailure, R> => {
  const [, , , ...frames] = new Error().stack?.split("\n") ?? []
  return Effect.mapError(verdict, (failure) =>
    Object.defineProperty(failure, "stack", {
      value: [`${failure._tag}: ${failure.message}`, ...frames].join("\n"),
      configurable: true
    }))
}
