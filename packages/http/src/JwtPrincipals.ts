/**
 * Callers by the tokens of an identity provider: `Authorization: Bearer` with a JSON Web Token, whose signature, issuer,
 * audience and times are checked. Its `sub` is the id of the principal, a claim has the groups.
 *
 * Without a token a caller is anonymous. A token that isn't good is refused with 401 and the reason; nobody becomes
 * anonymous by it. Tokens have at most 8192 characters and must say when they expire.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as JwtVerifier from "./internal/jwtVerifier.ts"
import type { InvalidKeys, JwtKeys } from "./JwtKeys.ts"
import { PrincipalResolver } from "./PrincipalResolver.ts"

/** Which tokens are good. */
export interface Options<R = never> {
  /** What signatures are verified by; also says which algorithms are taken. See `JwtKeys`. */
  readonly keys: JwtKeys<R>
  /** The `iss` of tokens. There is one: the ids of two issuers' principals could be the same. */
  readonly issuer: string
  /** The `aud` of tokens: one of these at least. */
  readonly audience: string | readonly [string, ...ReadonlyArray<string>]
  /**
   * The claim with the groups, an array of texts; the way to it where it is within others: `["realm_access", "roles"]`.
   * `groups` when absent. Who has no such claim is in no group.
   */
  readonly groups?: string | readonly [string, ...ReadonlyArray<string>]
  /** How far the issuer's clock may be from this one: 5 seconds when absent, at most 5 minutes. */
  readonly clockTolerance?: Duration.Input
}

/** An option can't be used. */
export class InvalidJwtOptions extends Schema.TaggedError<InvalidJwtOptions>()("InvalidJwtOptions", {
  option: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The option '${this.option}' of JwtPrincipals ${this.detail}.`
  }
}

const maxTolerance = Duration.minutes(5)

const check = <R>({ audience, clockTolerance = "5 seconds", issuer }: Options<R>) => {
  const tolerance = Option.getOrUndefined(Duration.fromInput(clockTolerance))
  if (issuer.trim() === "") return Effect.fail(new InvalidJwtOptions({ option: "issuer", detail: "is empty" }))
  if ([audience].flat().some((one) => one.trim() === "")) {
    return Effect.fail(new InvalidJwtOptions({ option: "audience", detail: "is empty" }))
  }
  return tolerance === undefined || Duration.isGreaterThan(tolerance, maxTolerance) || Duration.isNegative(tolerance)
    ? Effect.fail(new InvalidJwtOptions({ option: "clockTolerance", detail: "must be 0 to 5 minutes" }))
    : Effect.succeed(Duration.toSeconds(tolerance))
}

/**
 * Provides the resolver of the server. Fails at the start on keys or options that can't be used.
 *
 * @example
 * ```ts
 * import * as HttpServer from "@reventless/http/HttpServer"
 * import * as JwtKeys from "@reventless/http/JwtKeys"
 * import * as JwtPrincipals from "@reventless/http/JwtPrincipals"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 *
 * const Callers = JwtPrincipals.layer({
 *   keys: JwtKeys.remote("https://login.example/.well-known/jwks.json", { algorithms: ["RS256"] }),
 *   issuer: "https://login.example/",
 *   audience: "shop"
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * const Server = HttpServer.layer({ host: "0.0.0.0" }).pipe(Layer.provide(Callers))
 * ```
 */
export const layer = <R = never>(options: Options<R>): Layer.Layer<never, InvalidJwtOptions | InvalidKeys, R> =>
  Layer.effect(
    PrincipalResolver,
    Effect.gen(function*() {
      const { audience, groups = "groups", issuer, keys } = options
      const clockTolerance = yield* check(options)
      const expected: JwtVerifier.Expected = {
        find: yield* keys.open,
        algorithms: keys.algorithms,
        issuer,
        audience: [audience].flat(),
        groups: [groups].flat(),
        clockTolerance
      }
      return {
        challenge: "Bearer",
        scheme: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        resolve: ({ headers }) => JwtVerifier.verify(headers["authorization"], expected)
      }
    })
  )
