/** Subscriptions that run beside a check. */
import type * as Checkpoint from "@reventless/core/Checkpoint"
import { type Batch, EventStore } from "@reventless/core/EventStore"
import type * as Lane from "@reventless/core/Lane"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { equal, eventually } from "./Check.ts"
import { labels } from "./Fixture.ts"

/** A subscription that runs beside the check and keeps what it was given. */
export const follow = Effect.fnUntraced(function*(lane: Lane.Lane, checkpoint?: Checkpoint.Checkpoint) {
  const store = yield* EventStore
  const batches: Array<Batch> = []
  const fiber = yield* Effect.forkChild(
    Stream.runForEach(store.subscribe({ lane, checkpoint }), (batch) =>
      Effect.sync(() => {
        batches.push(batch)
      }))
  )
  const seen = () => labels(batches.flatMap(({ events }) => events))
  /** Waits for so many events, then a little for what must not come, and ends the subscription. */
  const end = (count: number) =>
    eventually(() => seen().length >= count, `${count} events come`).pipe(
      Effect.catch((failed) =>
        equal(seen().length, count, "the number of events that came").pipe(Effect.andThen(Effect.fail(failed)))
      ),
      Effect.andThen(Effect.sleep(15)),
      Effect.andThen(Fiber.interrupt(fiber)),
      Effect.map(seen)
    )
  return { batches, seen, end }
})

/** What a subscription from the checkpoint gives until so many events have come. */
export const replay = (lane: Lane.Lane, count: number, checkpoint?: Checkpoint.Checkpoint) =>
  Effect.flatMap(follow(lane, checkpoint), ({ end }) => end(count))
