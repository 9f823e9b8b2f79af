import type { QueryError, RowChange } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import { events } from "./endpoints.ts"
import * as Refusal from "./refusal.ts"
import { CorrelationId, pathOf, toProblem } from "./respond.ts"

/** How often a silent stream says that it is alive. */
const keepAlive = "15 seconds"

/** Sent at once, so that the reader knows that it is connected. */
const prelude = ": every row that there is, then every change\n\n"

const event = (name: string, data: unknown) => (id: number): string =>
  `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/** Server-sent events: every row that there is, then each change. Ends with an event when the view was rebuilt. */
export const response = Effect.fnUntraced(function*(
  changes: Stream.Stream<RowChange<unknown>, QueryError>,
  encode: (row: unknown) => Effect.Effect<unknown>,
  ended: Effect.Effect<void>
) {
  const request = yield* HttpServerRequest
  const correlationId = yield* CorrelationId
  const failed = (error: QueryError) =>
    Stream.succeed(
      event(
        error._tag === "ViewRebuilt" ? events.rebuilt : events.problem,
        toProblem(Refusal.fromCore(error), pathOf(request), correlationId)
      )
    )
  const toEvent = (change: RowChange<unknown>) =>
    change._tag === "RowSet"
      ? Effect.map(encode(change.row), (row) => event(events.set, row))
      : Effect.succeed(event(events.removed, { key: change.key, sort: change.sort }))
  const numbered = Stream.mapAccum(
    Stream.catch(Stream.mapEffect(changes, toEvent), failed),
    () => 1,
    (id, write) => [id + 1, [write(id)]] as const
  )
  const alive = Stream.map(Stream.drop(Stream.tick(keepAlive), 1), () => ":\n\n")
  const texts = Stream.concat(Stream.succeed(prelude), Stream.merge(numbered, alive, { haltStrategy: "left" }))
  return HttpServerResponse.stream(Stream.encodeText(Stream.interruptWhen(texts, ended)), {
    contentType: "text/event-stream",
    headers: { "cache-control": "no-store", "x-accel-buffering": "no" }
  })
})
