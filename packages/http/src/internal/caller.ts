import * as Principal from "@reventless/core/Principal"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import { PrincipalResolver } from "../PrincipalResolver.ts"
import * as Refusal from "./refusal.ts"

/** Whoever sent the request. */
export const callerOf = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const { resolve } = yield* PrincipalResolver
  const caller = yield* Effect.mapError(
    resolve({
      method: request.method,
      url: request.url,
      headers: request.headers,
      remoteAddress: Option.getOrUndefined(request.remoteAddress)
    }),
    (error) =>
      error._tag === "CredentialsRefused"
        ? Refusal.make({ status: 401, code: error._tag, detail: error.message })
        : Refusal.make({
          status: 503,
          code: error._tag,
          detail: "The credentials can't be checked now. Try again; the server's log says more.",
          headers: { "retry-after": "1" },
          cause: error
        })
  )
  // The types rule it out; what a token or header was cast to may not know that.
  return (caller as Principal.Principal)._tag === "System"
    ? yield* Effect.die(new Error("The principal resolver answered 'System': nobody from outside is the application."))
    : caller
})

/** Runs an effect on behalf of whoever sent the request; never as the application itself. */
export const asCaller = <A, E, R>(
  request: HttpServerRequest,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | Refusal.Refusal, R> =>
  Effect.flatMap(callerOf(request), (caller) => Effect.provideService(effect, Principal.CurrentPrincipal, caller))
