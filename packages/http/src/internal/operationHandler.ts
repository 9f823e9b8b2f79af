import type { SequencedEvent } from "@reventless/core/EventStore"
import { describe } from "@reventless/core/Issues"
import * as Mermaid from "@reventless/core/Mermaid"
import type { Model } from "@reventless/core/Model"
import type { EventFilter, OperationError, Operations, RebuildProgress } from "@reventless/core/Operations"
import type { Act } from "@reventless/core/Registry"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Pull from "effect/Pull"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as OperationsApi from "../OperationsApi.ts"
import type { Asked, Handler } from "./api.ts"
import * as Body from "./body.ts"
import { asCaller } from "./caller.ts"
import { events } from "./endpoints.ts"
import { type OperationEndpoint, type OperationName, progressEvent } from "./operationEndpoints.ts"
import * as Refusal from "./refusal.ts"
import { CorrelationId, pathOf, respond, toProblem } from "./respond.ts"
import * as ServerSentEvents from "./serverSentEvents.ts"

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse, Refusal.Refusal, HttpServerRequest>

const strict = { errors: "all", onExcessProperty: "error" } as const

/** The body as what a schema says, and nothing else. */
const body = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownEffect(schema, strict)
  return Effect.fnUntraced(function*({ request }: Asked) {
    return yield* Effect.mapError(decode(yield* Body.json(request)), (error) => {
      const { detail, issues } = describe(error)
      return Refusal.make({ status: 400, code: "InvalidBody", detail, errors: issues })
    })
  })
}

/** Answers what an operation gives; what it leaves undefined is absent. */
const answer = <A>(operation: Effect.Effect<A, Parameters<typeof Refusal.fromCore>[0]>): Answer =>
  Effect.mapBoth(operation, { onFailure: Refusal.fromCore, onSuccess: (value) => HttpServerResponse.jsonUnsafe(value) })

const eventOf = ({ data, meta, position, tags, type }: SequencedEvent) => ({ position, type, tags, data, meta })

const filterOf = (query: Asked["query"]): EventFilter => ({
  types: query["type"],
  tags: query["tag"],
  since: query["since"] === undefined ? undefined : DateTime.toEpochMillis(query["since"]),
  until: query["until"] === undefined ? undefined : DateTime.toEpochMillis(query["until"]),
  from: query["from"],
  backwards: query["backwards"],
  limit: query["limit"]
})

/** Tells how far a rebuild is. What is refused at the beginning has a status; the stream has already said 200. */
const follow = Effect.fnUntraced(function*(
  progress: Stream.Stream<RebuildProgress, OperationError>,
  ended: Effect.Effect<void>
) {
  const request = yield* HttpServerRequest
  const correlationId = yield* CorrelationId
  const scope = yield* Scope.make()
  const pull = yield* Scope.provide(Stream.toPull(progress), scope)
  const first = yield* Pull.catchDone(pull, () => Effect.succeed([])).pipe(
    Effect.mapError(Refusal.fromCore),
    Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
  )
  const failed = (error: OperationError) =>
    Stream.succeed(
      ServerSentEvents.event(events.problem, toProblem(Refusal.fromCore(error), pathOf(request), correlationId))
    )
  const rest = Stream.fromPull(Effect.succeed(pull)).pipe(
    Stream.ensuring(Scope.close(scope, Exit.void))
  )
  const told = Stream.map(
    Stream.concat(Stream.fromIterable(first), rest),
    (one) => ServerSentEvents.event(progressEvent, one)
  )
  return ServerSentEvents.response(Stream.catch(told, failed), {
    comment: "how far the rebuild is; it goes on when nobody listens",
    ended
  })
})

/** An operation without parameters takes none; its empty schema would let any pass. */
const checkParameters = ({ query }: OperationEndpoint, { request }: Asked): Effect.Effect<void, Refusal.Refusal> => {
  const [given] = Object.keys(query).length > 0 ? [] : new URLSearchParams(request.url.split("?")[1]).keys()
  return given === undefined
    ? Effect.void
    : Effect.fail(Refusal.badRequest("InvalidQuery", given, "is no parameter of this operation"))
}

/** Answers pictures of the model. */
const draw = (operations: Operations["Service"], picture: (model: Model) => string) => ({ query }: Asked): Answer =>
  Effect.mapBoth(operations.model(query["plugin"]), {
    onFailure: Refusal.fromCore,
    onSuccess: (model) => HttpServerResponse.text(picture(model))
  })

const replayBody = body(OperationsApi.ReplayBody)
const skipBody = body(OperationsApi.SkipBody)
const rebuildBody = body(OperationsApi.RebuildBody)
const replayWorkBody = body(OperationsApi.ReplayWorkBody)
const runWorkBody = body(OperationsApi.RunWorkBody)
const cancelWorkBody = body(OperationsApi.CancelWorkBody)
const pluginBody = body(OperationsApi.PluginBody)

/** Does something to a version of a plugin. */
const actOn = (act: Act) =>
  Effect.fnUntraced(function*(asked: Asked) {
    const { why } = yield* pluginBody(asked)
    return yield* answer(act(asked.params["plugin"], asked.params["version"], why))
  })

/** Answers which item of work something was done to, if there was one in that state. */
const answerItem = Effect.fnUntraced(function*(
  { id, plugin, queue }: Asked["params"],
  done: Effect.Effect<boolean, OperationError>,
  missing: { readonly code: string; readonly detail: string }
) {
  const found = yield* Effect.mapError(done, Refusal.fromCore)
  return found
    ? HttpServerResponse.jsonUnsafe({ plugin, queue, id })
    : yield* Effect.fail(Refusal.make({ status: 404, ...missing }))
})

type Answers = { readonly [Name in OperationName]: (asked: Asked) => Answer }

const answers = (operations: Operations["Service"], ended: Effect.Effect<void>): Answers => ({
  views: () => answer(Effect.map(operations.views, (views) => ({ views }))),
  parked: ({ params, query }) =>
    answer(Effect.map(operations.parked(params["view"], query), ({ cursor, parked }) => ({
      parked: parked.map((one) => ({ ...one, event: eventOf(one.event) })),
      cursor
    }))),
  skipped: ({ params }) => answer(Effect.map(operations.skipped(params["view"]), (skipped) => ({ skipped }))),
  replay: Effect.fnUntraced(function*(asked) {
    const { lane } = yield* replayBody(asked)
    return yield* answer(Effect.map(operations.replay(asked.params["view"], lane), (outcomes) => ({ outcomes })))
  }),
  skip: Effect.fnUntraced(function*(asked) {
    const { lane, position, why } = yield* skipBody(asked)
    const skipped = yield* Effect.mapError(operations.skip(asked.params["view"], lane, why, position), Refusal.fromCore)
    return Option.isSome(skipped)
      ? HttpServerResponse.jsonUnsafe({ outcomes: skipped.value })
      : yield* Effect.fail(Refusal.make({
        status: 404,
        code: "NothingParked",
        detail: position === undefined
          ? `Nothing is parked in lane '${lane}' of ${asked.params["view"]}. Nothing was skipped.`
          : `The first parked event in lane '${lane}' of ${
            asked.params["view"]
          } isn't at ${position}. Nothing was skipped.`
      }))
  }),
  rebuild: Effect.fnUntraced(function*(asked) {
    yield* rebuildBody(asked)
    return yield* follow(operations.rebuild(asked.params["view"]), ended)
  }),
  events: ({ params, query }) =>
    answer(Effect.map(operations.events(params["plugin"], filterOf(query)), (page) => ({
      events: page.events.map(eventOf),
      next: Option.getOrUndefined(page.next)
    }))),
  inbound: ({ params, query }) => answer(operations.inbound(params["slice"], query)),
  work: ({ query }) => answer(operations.work(query)),
  replayWork: Effect.fnUntraced(function*(asked) {
    yield* replayWorkBody(asked)
    const { id, plugin, queue } = asked.params
    return yield* answerItem(asked.params, operations.replayWork(plugin, queue, id), {
      code: "NothingParked",
      detail: `No '${id}' is parked in the ${queue} of ${plugin}. Nothing was replayed.`
    })
  }),
  runWork: Effect.fnUntraced(function*(asked) {
    yield* runWorkBody(asked)
    const { id, plugin, queue } = asked.params
    return yield* answer(operations.runWork(plugin, queue, id))
  }),
  cancelWork: Effect.fnUntraced(function*(asked) {
    const { why } = yield* cancelWorkBody(asked)
    const { id, plugin, queue } = asked.params
    return yield* answerItem(asked.params, operations.cancelWork(plugin, queue, id, why), {
      code: "NothingWaits",
      detail: `No '${id}' waits in the ${queue} of ${plugin}. Nothing was cancelled.`
    })
  }),
  plugins: () => answer(Effect.map(operations.plugins, (plugins) => ({ plugins }))),
  connections: () => answer(Effect.map(operations.connections, (connections) => ({ connections }))),
  model: ({ query }) => answer(operations.model(query["plugin"])),
  eventModel: draw(operations, Mermaid.eventModels),
  pluginMap: draw(operations, Mermaid.pluginMap),
  activate: actOn(operations.activate),
  deactivate: actOn(operations.deactivate),
  retire: actOn(operations.retire)
})

/** Answers operators. `ended` completes when the server stops: streams end then. */
export const make = (
  operations: Operations["Service"],
  ended: Effect.Effect<void>
): (endpoint: OperationEndpoint) => Handler => {
  const byName = answers(operations, ended)
  return (endpoint) => (asked) =>
    respond(asCaller(
      asked.request,
      Effect.andThen(checkParameters(endpoint, asked), Effect.suspend(() => byName[endpoint.name](asked)))
    ))
}
