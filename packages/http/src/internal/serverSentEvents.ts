import type * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"

/** How often a silent stream says that it is alive. */
const keepAlive = "15 seconds"

/** An event that waits for its number. */
export type ServerSentEvent = (id: number) => string

/** An event with a name and JSON. */
export const event = (name: string, data: unknown): ServerSentEvent => (id) =>
  `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/**
 * Answers with numbered events, until there are no more or `ended` completes. The comment is sent at once, so that the
 * reader knows that it is connected.
 */
export const response = (
  events: Stream.Stream<ServerSentEvent>,
  options: { readonly comment: string; readonly ended: Effect.Effect<void> }
): HttpServerResponse.HttpServerResponse => {
  const numbered = Stream.mapAccum(events, () => 1, (id, write) => [id + 1, [write(id)]] as const)
  const alive = Stream.map(Stream.drop(Stream.tick(keepAlive), 1), () => ":\n\n")
  const texts = Stream.concat(
    Stream.succeed(`: ${options.comment}\n\n`),
    Stream.merge(numbered, alive, { haltStrategy: "left" })
  )
  return HttpServerResponse.stream(Stream.encodeText(Stream.interruptWhen(texts, options.ended)), {
    contentType: "text/event-stream",
    headers: { "cache-control": "no-store", "x-accel-buffering": "no" }
  })
}
