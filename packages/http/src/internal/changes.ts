import type { QueryError, RowChange } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Stream from "effect/Stream"
import { events } from "./endpoints.ts"
import * as Refusal from "./refusal.ts"
import { CorrelationId, pathOf, toProblem } from "./respond.ts"
import * as ServerSentEvents from "./serverSentEvents.ts"

/**
 * Server-sent events: every row that there is, then each change. Ends with an event when the view was rebuilt, and when
 * `lost` completes: the caller may not watch any more.
 */
export const response = Effect.fnUntraced(function*(
  changes: Stream.Stream<RowChange<unknown>, QueryError>,
  encode: (row: unknown) => Effect.Effect<unknown>,
  ended: Effect.Effect<void>,
  lost: Effect.Effect<Refusal.Refusal>
) {
  const request = yield* HttpServerRequest
  const correlationId = yield* CorrelationId
  const failed = (error: QueryError) =>
    Stream.succeed(
      ServerSentEvents.event(
        error._tag === "ViewRebuilt" ? events.rebuilt : events.problem,
        toProblem(Refusal.fromCore(error), pathOf(request), correlationId)
      )
    )
  const toEvent = (change: RowChange<unknown>) =>
    change._tag === "RowSet"
      ? Effect.map(encode(change.row), (row) => ServerSentEvents.event(events.set, row))
      : Effect.succeed(ServerSentEvents.event(events.removed, { key: change.key, sort: change.sort }))
  const told = Stream.catch(Stream.mapEffect(changes, toEvent), failed)
  const refused = Stream.fromEffect(
    Effect.map(
      lost,
      (refusal) => ServerSentEvents.event(events.problem, toProblem(refusal, pathOf(request), correlationId))
    )
  )
  return ServerSentEvents.response(Stream.merge(told, refused, { haltStrategy: "either" }), {
    comment: "every row that there is, then every change",
    ended
  })
})
