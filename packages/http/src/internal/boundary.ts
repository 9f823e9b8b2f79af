import { describe } from "@reventless/core/Issues"
import * as Message from "@reventless/core/Message"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { HttpApiSchemaError } from "effect/http-api/HttpApiError"
import type { HttpServerError } from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import type { NearMisses } from "./nearMisses.ts"
import * as Refusal from "./refusal.ts"
import { CorrelationId, refuse } from "./respond.ts"

/** Parameters that their schemas refuse. */
const invalidParameters = ({ cause }: HttpApiSchemaError): Refusal.Refusal => {
  const { detail, issues } = describe(cause)
  return Refusal.make({ status: 400, code: "InvalidQuery", detail, errors: issues })
}

/** A path that some method is answered at; the methods that are, or none when there is no such path. */
export type Methods = (path: string) => ReadonlyArray<string>

/** What a path that was asked for is known by. */
interface Known {
  readonly methods: Methods
  readonly nearMisses: NearMisses
}

const noRoute = ({ method, url }: HttpServerRequest, { methods, nearMisses }: Known): Refusal.Refusal => {
  const path = url.split("?", 1)[0]!
  const allowed = methods(path)
  return allowed.length === 0 || allowed.includes(method)
    ? Refusal.make({
      status: 404,
      code: "NotFound",
      detail: nearMisses(path) ?? `There is nothing at ${path}. See /docs.`
    })
    : Refusal.make({
      status: 405,
      code: "MethodNotAllowed",
      detail: `${path} takes ${allowed.join(" and ")}.`,
      headers: { allow: allowed.join(", ") }
    })
}

const unexpected = (cause: Cause.Cause<unknown>): Refusal.Refusal =>
  Refusal.make({
    status: 500,
    code: "InternalError",
    detail: "The server failed. Its log says why; look for the correlation id.",
    cause
  })

const fromCause = (
  cause: Cause.Cause<HttpServerError>,
  request: HttpServerRequest,
  known: Known
): Refusal.Refusal => {
  const squashed = Cause.squash(cause)
  if (HttpApiSchemaError.is(squashed)) return invalidParameters(squashed)
  const failed = squashed as Partial<HttpServerError>
  return failed._tag === "HttpServerError" && failed.reason?._tag === "RouteNotFound"
    ? noRoute(request, known)
    : unexpected(cause)
}

const headers = { "x-content-type-options": "nosniff" }

/** The conversation that the request belongs to; a new one when it doesn't say. */
const correlationOf = Effect.fnUntraced(function*({ headers }: HttpServerRequest) {
  const given = headers["x-correlation-id"]
  if (given === undefined) return { id: yield* Message.rootId, refusal: undefined }
  return /^[\x21-\x7e]{1,128}$/.test(given)
    ? { id: given, refusal: undefined }
    : {
      id: yield* Message.rootId,
      refusal: Refusal.badRequest("InvalidHeader", "X-Correlation-Id", "must be 1 to 128 visible ASCII characters")
    }
})

/** Continues the trace of the request's `traceparent` where no tracer has done so: stored events carry it on. */
const continued = <A, E, R>(effect: Effect.Effect<A, E, R>, { headers }: HttpServerRequest): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.serviceOption(Tracer.ParentSpan), (current) => {
    const parent = Option.isSome(current) ? undefined : Message.parentSpan(headers["traceparent"])
    return parent === undefined ? effect : Effect.withParentSpan(effect, parent)
  })

/** What every request goes through: it gets a correlation id, and whatever becomes of it is a response. */
export const around = <R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, HttpServerError, R>,
  options: Known & { readonly stopping: () => boolean }
) =>
  Effect.gen(function*() {
    const request = yield* HttpServerRequest
    const { id, refusal } = yield* correlationOf(request)
    const answer = refusal === undefined
      ? Effect.catchCause(app, (cause) =>
        Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : refuse(fromCause(cause, request, options)))
      : refuse(refusal)
    const response = yield* continued(Effect.provideService(answer, CorrelationId, id), request)
    return HttpServerResponse.setHeaders(response, {
      "cache-control": "no-store",
      ...headers,
      ...response.headers,
      "x-correlation-id": id,
      ...(options.stopping() ? { connection: "close" } : {})
    })
  })
