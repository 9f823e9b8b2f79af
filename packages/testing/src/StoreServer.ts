/**
 * A bare event store over HTTP, in the form that the dcb.events suite calls, so that third-party suites can be run
 * against any store. It has no access rules: it binds to 127.0.0.1 and is for tools and tests.
 *
 * - `GET /read?query=<json>&options=<json>` answers the matching events.
 * - `POST /append` with `{ events, condition? }` appends; a broken condition answers 200 with `appendConditionFailed`.
 * - `GET /boundary?query=<json>` answers the matching events and their boundary, which `condition.boundary` takes.
 *
 * A store whose positions are no commit order is asked for boundaries: `from`, `backwards` and `condition.after` are
 * refused, and the answer says what to send instead.
 *
 * Whatever answers 4xx wrote nothing.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Boundary from "@reventless/core/Boundary"
import { EventStore, type NewEvent, PositionedEventStore, type SequencedEvent } from "@reventless/core/EventStore"
import * as Message from "@reventless/core/Message"
import * as ByteSize from "effect/ByteSize"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import * as Problem from "./StoreServerProblem.ts"
import * as Wire from "./StoreServerWire.ts"

/** The greatest body in bytes: 1 MiB. */
export const maxBodySize = 1024 * 1024

/** Who the meta of events from the wire names as their maker. */
const service = "StoreServer.Append"

const strict = { errors: "all", onExcessProperty: "error" } as const

/** The store with positions, or else a refusal of what needs them. */
const positioned = (field: string, instead: string) =>
  Effect.flatMap(Effect.serviceOption(PositionedEventStore), (store) =>
    Option.isSome(store)
      ? Effect.succeed(store.value)
      : Effect.fail(Problem.malformed(field, `positions are no commit order in this store; ${instead}`)))

const wireEvent = ({ data, position, tags, type }: SequencedEvent) => ({ position, type, tags, data })

/** The parameters of the request by name; one that is there twice is refused, as it is unclear which counts. */
const parameters = Effect.fnUntraced(function*({ url }: HttpServerRequest) {
  const question = url.indexOf("?")
  const text = question < 0 ? "" : url.slice(question + 1)
  yield* Effect.try({
    try: () => decodeURIComponent(text),
    catch: () => Problem.malformed("query", "the URL is not percent-encoded UTF-8")
  })
  const search = new URLSearchParams(text)
  const repeated = [...search.keys()].find((name) => search.getAll(name).length > 1)
  return repeated === undefined
    ? Object.fromEntries(search)
    : yield* Problem.malformed(repeated, "is there more than once")
})

const read = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const { options, query } = yield* Effect.flatMap(
    parameters(request),
    Schema.decodeUnknownEffect(Wire.ReadParameters, strict)
  ).pipe(Effect.catchTag("SchemaError", (error) => Effect.fail(Problem.fromSchema("query")(error))))
  const { backwards, from, limit } = options ?? {}
  const stored = from === undefined && backwards === undefined
    ? (yield* EventStore).read(query, { limit })
    : (yield* positioned(`options.${from === undefined ? "backwards" : "from"}`, "read from the beginning"))
      .read(query, { from, backwards, limit })
  const events = yield* Effect.mapError(Stream.runCollect(stored), Problem.fromStore)
  return events.map(wireEvent)
})

const boundary = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const { query } = yield* Effect.flatMap(
    parameters(request),
    Schema.decodeUnknownEffect(Wire.BoundaryParameters, strict)
  ).pipe(Effect.catchTag("SchemaError", (error) => Effect.fail(Problem.fromSchema("query")(error))))
  const store = yield* EventStore
  const { boundary, events } = yield* Effect.mapError(store.readBoundary(query), Problem.fromStore)
  return {
    events: events.map(wireEvent),
    boundary: yield* Effect.orDie(Schema.encodeEffect(Boundary.Boundary)(boundary))
  }
})

/** The body as text. Bytes that aren't UTF-8 are refused: they couldn't come back as they were sent. */
const bodyText = Effect.fnUntraced(function*(request: HttpServerRequest) {
  if (Number(request.headers["content-length"] ?? 0) > maxBodySize) return yield* Problem.tooLarge(maxBodySize)
  // Requests run uninterruptibly. Waiting for a client is not: it may have stalled, or gone away.
  const bytes = yield* Effect.interruptible(request.arrayBuffer).pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBodySize)),
    Effect.mapError(() => Problem.tooLarge(maxBodySize))
  )
  return yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    catch: () => Problem.malformed("body", "is not UTF-8")
  })
})

const append = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const { condition, events } = yield* Effect.flatMap(
    bodyText(request),
    Schema.decodeUnknownEffect(Wire.AppendBody, strict)
  ).pipe(Effect.catchTag("SchemaError", (error) => Effect.fail(Problem.fromSchema("body")(error))))
  const written = yield* Effect.forEach(
    events,
    (event) => Effect.map(Message.root(service, 1), (meta): NewEvent => ({ ...event, meta }))
  )
  const { after, boundary, failIfEventsMatch } = condition ?? {}
  const appended = failIfEventsMatch === undefined
    ? (yield* EventStore).append(written, { boundary })
    : after === undefined
    ? (yield* EventStore).append(written, { boundary: Boundary.absent(failIfEventsMatch) })
    : (yield* positioned(
      "condition.after",
      "read the query with GET /boundary, and give condition.boundary what it answers"
    )).append(written, { condition: { failIfEventsMatch, after } })
  const began = yield* Clock.monotonicTimeNanos
  const appendConditionFailed = yield* appended.pipe(
    Effect.as(false),
    Effect.catchTag("AppendConflict", () => Effect.succeed(true)),
    Effect.mapError(Problem.fromStore)
  )
  const nanos = (yield* Clock.monotonicTimeNanos) - began
  return { durationInMicroseconds: Math.round(Number(nanos) / 1000), appendConditionFailed }
})

const routes = {
  "/read": { method: "GET", handle: read },
  "/append": { method: "POST", handle: append },
  "/boundary": { method: "GET", handle: boundary }
} as const

const isRoute = (path: string): path is keyof typeof routes => Object.hasOwn(routes, path)

/** Answers one request. */
export const app: Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  never,
  HttpServerRequest | EventStore
> = Effect.gen(function*() {
  const request = yield* HttpServerRequest
  const path = request.url.split("?", 1)[0]!
  if (!isRoute(path)) {
    return yield* new Problem.Problem({
      status: 404,
      title: "Not found",
      detail: `There is no ${path}; there are ${Object.keys(routes).join(", ")}.`
    })
  }
  const route = routes[path]
  if (request.method !== route.method) {
    return yield* new Problem.Problem({
      status: 405,
      title: "Method not allowed",
      detail: `${path} takes ${route.method}.`,
      headers: { allow: route.method }
    })
  }
  return HttpServerResponse.jsonUnsafe(yield* route.handle(request))
}).pipe(Effect.catchTag("Problem", (problem) => Effect.succeed(Problem.toResponse(problem))))

/** Requests get two seconds to end when the server stops; then their connections are cut, so that no client holds it. */
const server = (port: number) =>
  Layer.effect(
    HttpServer.HttpServer,
    Effect.gen(function*() {
      const node = createServer()
      const server = yield* NodeHttpServer.make(() => node, {
        host: "127.0.0.1",
        port,
        gracefulShutdownTimeout: "2 seconds"
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
      return server
    })
  )

/** Serves the `EventStore` of its context, and the `PositionedEventStore` where there is one. Listens on a port of 127.0.0.1; 0 takes a free one, which `HttpServer` then names. */
export const layer = (
  options: { readonly port: number }
): Layer.Layer<HttpServer.HttpServer, ServeError, EventStore> =>
  HttpServer.serve(app).pipe(Layer.provideMerge(server(options.port)))
