import { EventStoreError, StoreUnavailable } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { DynamoError } from "../Dynamo.ts"
import { toEventStoreError } from "./failure.ts"

/** How often the same request is sent before its caller is told that it didn't succeed. */
export const maxTries = 16

/** Waits before the next try: exponential with full jitter, at most 25 ms at first and 1 s in the end. */
export const backoff = (tries: number): Effect.Effect<void> =>
  Effect.flatMap(Random.next, (random) => Effect.sleep(random * Math.min(1000, 25 * 2 ** tries)))

const passes = ({ reason }: DynamoError): boolean =>
  reason._tag === "Throttled" || reason._tag === "Busy" || reason._tag === "Unanswered" ||
  reason._tag === "Unreachable" ||
  (reason._tag === "Canceled" && reason.reasons.every(({ code }) =>
    code !== "ConditionalCheckFailed" &&
    code !== "ValidationError"
  ))

/** Sends a request that changes nothing, or may be applied twice, until it is answered. */
export const untilAnswered = <A>(
  table: string,
  request: Effect.Effect<A, DynamoError>
): Effect.Effect<A, EventStoreError> => {
  const attempt = (tries: number): Effect.Effect<A, EventStoreError> =>
    Effect.catch(request, (error) =>
      passes(error) && tries < maxTries
        ? Effect.andThen(backoff(tries), attempt(tries + 1))
        : Effect.fail(toEventStoreError(table, error)))
  return Effect.suspend(() => attempt(1))
}

/** Tries again as long as `look` finds nothing, because a commit is in progress; bounded. */
export const untilVisible = <A>(
  detail: string,
  tries: number,
  look: (tries: number) => Effect.Effect<A | undefined, EventStoreError>
): Effect.Effect<A, EventStoreError> => {
  const attempt = (done: number): Effect.Effect<A, EventStoreError> =>
    Effect.flatMap(look(done), (found) =>
      found !== undefined
        ? Effect.succeed(found)
        : done < tries
        ? Effect.andThen(backoff(done), attempt(done + 1))
        : Effect.fail(new EventStoreError({ reason: new StoreUnavailable({ detail }) })))
  return Effect.suspend(() => attempt(1))
}
