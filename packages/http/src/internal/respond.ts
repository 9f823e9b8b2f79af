import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { PrincipalResolver } from "../PrincipalResolver.ts"
import * as Problem from "../Problem.ts"
import type { Refusal } from "./refusal.ts"

/** The correlation id of the request that is being answered. */
export const CorrelationId = Context.Reference<string>("@reventless/http/internal/CorrelationId", {
  defaultValue: () => ""
})

/** `CommandIdReused` is "Command id reused". */
const titleOf = (code: string): string => {
  const words = code.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The path of a request without its query. */
export const pathOf = (request: HttpServerRequest): string => request.url.split("?", 1)[0]!

/** The body of a problem. */
export const toProblem = (refusal: Refusal, instance: string, correlationId: string): Problem.Problem => {
  const { code, detail, error, errors, messageId, status } = refusal
  return {
    type: `urn:reventless:problem:${code}`,
    title: titleOf(code),
    status,
    detail,
    instance,
    code,
    ...(error === undefined ? {} : { error }),
    ...(errors === undefined ? {} : { errors }),
    ...(messageId === undefined ? {} : { messageId }),
    correlationId
  }
}

/** What a 401 asks for; with `Bearer` also whether a token was sent that isn't good (RFC 6750). */
const challengeOf = (challenge: string, { code }: Refusal): string =>
  code === "CredentialsRefused" && /^Bearer( |$)/.test(challenge)
    ? `${challenge}${challenge.includes(" ") ? "," : ""} error="invalid_token"`
    : challenge

/** Answers with a refusal, and logs what of it isn't shown. */
export const refuse = Effect.fnUntraced(function*(refusal: Refusal) {
  const request = yield* HttpServerRequest
  const correlationId = yield* CorrelationId
  const { challenge } = yield* PrincipalResolver
  if (refusal.cause !== undefined) {
    yield* Effect.annotateLogs(Effect.logError(`${refusal.code} while answering`, refusal.cause), {
      method: request.method,
      path: pathOf(request),
      correlationId
    })
  }
  return HttpServerResponse.jsonUnsafe(toProblem(refusal, pathOf(request), correlationId), {
    status: refusal.status,
    contentType: Problem.contentType,
    headers: {
      ...refusal.headers,
      ...(refusal.status === 401 ? { "www-authenticate": challengeOf(challenge, refusal) } : {})
    }
  })
})

/** Answers refusals; nothing else is left to fail. */
export const respond = <R>(
  effect: Effect.Effect<HttpServerResponse.HttpServerResponse, Refusal, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R | HttpServerRequest> => Effect.catch(effect, refuse)
