import * as Principal from "@reventless/core/Principal"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { CredentialsRefused, PrincipalResolver } from "../PrincipalResolver.ts"
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

/** How often it is looked at again who follows a stream. */
const recheck = "30 seconds"

const isSame = (one: Principal.Principal, other: Principal.Principal): boolean =>
  one._tag === "User" && other._tag === "User"
    ? one.id === other.id && one.groups.length === other.groups.length &&
      one.groups.every((group) => other.groups.includes(group))
    : one._tag === other._tag

const another = Refusal.make({
  status: 401,
  code: "CredentialsRefused",
  detail: new CredentialsRefused({ detail: "they are another caller's by now, or of one in other groups" }).message
})

/**
 * Gives an effect that completes, with why, once whoever sent the request isn't the caller any more that it runs on behalf
 * of: its token has expired, say. While that can't be told, nothing has changed.
 */
export const lostCaller = (
  request: HttpServerRequest
): Effect.Effect<Effect.Effect<Refusal.Refusal>> =>
  Effect.zipWith(PrincipalResolver, Principal.CurrentPrincipal, (resolver, caller) => {
    const watching = Effect.gen(function*() {
      while (true) {
        yield* Effect.sleep(recheck)
        const now = yield* Effect.result(callerOf(request))
        if (Result.isFailure(now) && now.failure.status === 401) return now.failure
        if (Result.isSuccess(now) && !isSame(caller, now.success)) return another
      }
    })
    return caller._tag === "User" ? Effect.provideService(watching, PrincipalResolver, resolver) : Effect.never
  })

/** Runs an effect on behalf of whoever sent the request; never as the application itself. */
export const asCaller = <A, E, R>(
  request: HttpServerRequest,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | Refusal.Refusal, R> =>
  Effect.flatMap(callerOf(request), (caller) => Effect.provideService(effect, Principal.CurrentPrincipal, caller))
