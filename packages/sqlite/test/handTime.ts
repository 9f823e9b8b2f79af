/** Real time, moved by hand: what the stores wait for of other processes comes when a test says so, however slow the machine is. */
import * as Effect from "effect/Effect"
import { vi } from "vitest"

/** Lets so many milliseconds pass, for all timers of this process and none of another. */
export const pass = (millis: number) => Effect.promise(() => vi.advanceTimersByTimeAsync(millis))

/** Waits until something is so, while no time passes. */
export const until = (isSo: () => boolean) =>
  Effect.promise(async () => {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
  })

/** Stops the time of this process while the scope lives. */
export const stopTime = Effect.acquireRelease(
  Effect.sync(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })),
  () => Effect.sync(() => vi.useRealTimers())
)
