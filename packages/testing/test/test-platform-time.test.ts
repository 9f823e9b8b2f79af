import { assert, describe, it } from "@effect/vitest"
import * as Plugin from "@reventless/core/Plugin"
import { Registry } from "@reventless/core/Registry"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"

const Beating = Plugin.make("Beating", { version: "1.0.0", heartbeatInterval: "2 seconds" })

/** The clock of the test, which counts the sleeps of each length, in milliseconds. */
const counting = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const sleeps = new Map<number, number>()
  const counted: Clock.Clock = {
    ...clock,
    sleep: (duration) =>
      Effect.suspend(() => {
        const millis = Duration.toMillis(duration)
        sleeps.set(millis, (sleeps.get(millis) ?? 0) + 1)
        return clock.sleep(duration)
      })
  }
  return { sleeps, counted }
})

describe("days on a test platform", () => {
  it.effect("are no heartbeats of each plugin, however short its interval, and nobody is taken for dead", () =>
    Effect.gen(function*() {
      const { counted, sleeps } = yield* counting
      const status = Effect.gen(function*() {
        const [beating] = yield* (yield* Registry).plugins
        const [version] = beating!.versions
        return [version!.status, version!.definition.heartbeatInterval] as const
      })
      yield* Effect.gen(function*() {
        assert.deepStrictEqual(yield* status, ["connected", 2000])
        yield* TestClock.adjust("3 days")
        assert.deepStrictEqual(yield* status, ["connected", 2000])
        assert.strictEqual(sleeps.get(2000), undefined)
        // Beside the look at the clock once a minute there is next to nothing.
        sleeps.delete(60_000)
        const others = [...sleeps.values()].reduce((sum, count) => sum + count, 0)
        assert.isBelow(others, 200)
      }).pipe(
        Effect.provide(TestPlatform.layer({ plugins: [Beating] })),
        Effect.provideService(Clock.Clock, counted)
      )
    }))
})
