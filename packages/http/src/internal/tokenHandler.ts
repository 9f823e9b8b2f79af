import { describe } from "@reventless/core/Issues"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as DevelopmentApi from "../DevelopmentApi.ts"
import type { Issuer } from "../PrincipalResolver.ts"
import type { Handler } from "./api.ts"
import * as Body from "./body.ts"
import { isLoopback } from "./loopback.ts"
import * as Refusal from "./refusal.ts"
import { respond } from "./respond.ts"
import { maxTokenLength } from "./tokenLimits.ts"

/** What proxies add to requests that they pass on. */
const forwarding = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"]

const elsewhere = (detail: string) =>
  Refusal.make({
    status: 403,
    code: "DevelopmentOnly",
    detail: `Tokens for anybody are for who sits at this machine: ${detail}.`
  })

/** Whether somebody else may have caused the request: by a proxy, or by a web page that this machine's browser has open. */
const checkLocal = ({ headers, remoteAddress }: HttpServerRequest): Effect.Effect<void, Refusal.Refusal> => {
  const passedOn = forwarding.find((name) => headers[name] !== undefined)
  if (passedOn !== undefined) return Effect.fail(elsewhere(`the request was passed on ('${passedOn}')`))
  const from = Option.getOrUndefined(remoteAddress)
  if (from !== undefined && !isLoopback(from)) return Effect.fail(elsewhere("the request is from another one"))
  const host = (headers["host"] ?? "").replace(/:\d+$/, "")
  if (!isLoopback(host)) return Effect.fail(elsewhere("its 'host' isn't this machine's own"))
  const origin = headers["origin"]
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === headers["host"])
    ? Effect.void
    : Effect.fail(elsewhere("it is from a page of another origin"))
}

const decode = Schema.decodeUnknownEffect(DevelopmentApi.TokenBody, { errors: "all", onExcessProperty: "error" })

/** Gives tokens. Who asks needs no credentials, and bad ones don't matter: they are what a token is asked for to replace. */
export const make = (issuer: Issuer): Handler => {
  const handle = Effect.fnUntraced(function*(request: HttpServerRequest) {
    yield* checkLocal(request)
    const { expiresIn, groups = [], sub } = yield* Effect.mapError(
      Effect.flatMap(Body.json(request), decode),
      (error) => {
        if (!Schema.isSchemaError(error)) return error
        const { detail, issues } = describe(error)
        return Refusal.make({ status: 400, code: "InvalidBody", detail, errors: issues })
      }
    )
    const { expiresAt, token } = yield* issuer.issue({
      id: sub,
      groups,
      ...(expiresIn === undefined ? {} : { expiresIn: Duration.seconds(expiresIn) })
    })
    if (token.length > maxTokenLength) {
      const message = `make a token of more than ${maxTokenLength} characters, which no server takes`
      return yield* Effect.fail(Refusal.badRequest("InvalidBody", "groups", message))
    }
    return HttpServerResponse.jsonUnsafe(
      { token, sub, groups, expiresAt: DateTime.formatIso(expiresAt) } satisfies typeof DevelopmentApi.Token.Type
    )
  })
  return ({ request }) => respond(handle(request))
}
