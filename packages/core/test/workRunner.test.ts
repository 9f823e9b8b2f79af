import { assert, describe, it } from "@effect/vitest"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as WorkRunner from "../src/internal/work/workRunner.ts"

const queue = "things"
const item = (id: string) => ({ id, lane: id, due: 0, content: null })

describe("a worker that stops", () => {
  it.effect("gives back also what it was just taking", () =>
    Effect.gen(function*() {
      const store = yield* WorkStoreMemory.make
      yield* store.add(queue, [item("a"), item("b")], 0)
      const isTaken = yield* Deferred.make<void>()
      const slow: typeof store = {
        ...store,
        take: (name, options) =>
          Effect.tap(store.take(name, options), () =>
            // As a store does that answers once the disk has it.
            Effect.andThen(Deferred.succeed(isTaken, undefined), Effect.repeat(Effect.yieldNow, { times: 5 })))
      }
      const running = yield* Effect.forkChild(
        WorkRunner.keepRunning(slow, { queue, concurrency: 8, work: () => Effect.never })
      )
      yield* Deferred.await(isTaken)
      yield* Fiber.interrupt(running)
      const items = yield* store.list(queue, { limit: 10 })
      assert.deepStrictEqual(items.map(({ attempts, id, state }) => ({ id, attempts, state })), [
        { id: "a", attempts: 0, state: "Pending" },
        { id: "b", attempts: 0, state: "Pending" }
      ])
    }))
})
