import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Signal from "../../Signal.ts"

/**
 * How often it is looked whether the clock was set, in milliseconds: who waits for an instant that is far away learns of it
 * by then.
 */
const look = 60_000

/** How far the clock may be off what has passed by a busy machine alone, in milliseconds. */
const tolerance = 500

/**
 * Notifies when the clock was set, forward or back: a sleep lasts as long as it was meant to, whatever the clock is set to.
 * One for a whole platform, so that an idle one wakes up once for all who wait.
 */
export const watch: Effect.Effect<Signal.Signal, never, Scope.Scope> = Effect.gen(function*() {
  const set = Signal.make()
  const turn = Effect.gen(function*() {
    const before = yield* Clock.currentTimeMillis
    yield* Effect.sleep(look)
    const after = yield* Clock.currentTimeMillis
    if (Math.abs(after - before - look) > tolerance) set.notify()
  })
  yield* Effect.forkScoped(Effect.forever(turn))
  return set
})
