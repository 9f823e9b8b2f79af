import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as WallClock from "../src/internal/work/wallClock.ts"

describe("a platform's look at the clock", () => {
  it.effect("notices within a minute that it was set, forward or back", () =>
    Effect.gen(function*() {
      const clock = yield* Clock.Clock
      let ahead = 0
      const settable: Clock.Clock = {
        ...clock,
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + ahead,
        currentTimeMillis: Effect.sync(() => clock.currentTimeMillisUnsafe() + ahead),
        sleep: (duration) => clock.sleep(duration)
      }
      const set = yield* Effect.provideService(WallClock.watch, Clock.Clock, settable)
      for (const hour of [3_600_000, 0]) {
        const noticed = yield* Effect.forkChild(yield* set.next)
        yield* TestClock.adjust("59 seconds")
        ahead = hour
        yield* TestClock.adjust("999 millis")
        assert.isUndefined(noticed.pollUnsafe())
        yield* TestClock.adjust("1 milli")
        yield* Fiber.join(noticed)
      }
    }))

  it.effect("says nothing while time passes", () =>
    Effect.gen(function*() {
      const set = yield* WallClock.watch
      const noticed = yield* Effect.forkChild(yield* set.next)
      yield* TestClock.adjust("1 day")
      assert.isUndefined(noticed.pollUnsafe())
    }))
})
