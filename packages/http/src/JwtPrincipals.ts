/**
 * Callers by the tokens of an identity provider: `Authorization: Bearer` with a JSON Web Token, whose signature, issuer,
 * audience and times are checked. Its `sub` is the id of the principal, a claim has the groups.
 *
 * There is one issuer, or there are several, each with its keys and its audience: which one a token is checked by, its `iss` says,
 * and what another issuer signs is never taken for it.
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
import { PrincipalResolver, type Resolver } from "./PrincipalResolver.ts"

/** Which tokens are good. */
export interface Options<R = never> {
  /** What signatures are verified by; also says which algorithms are taken. See `JwtKeys`. */
  readonly keys: JwtKeys<R>
  /** The `iss` of tokens, character for character. */
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

/** One of several issuers. */
export interface Issuer<R = never> extends Options<R> {
  /**
   * Put before the ids and the groups of its principals: `partner:` makes `ada` of its tokens `partner:ada`. Issuers that have
   * the same prefix, which may be empty, speak of the same people and groups; of others nobody is taken for anybody else, and
   * a name that begins as those of a longer prefix is refused. At most 64 characters.
   */
  readonly prefix: string
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

const expectedOf = Effect.fnUntraced(function*<R>(options: Options<R>) {
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
  return expected
})

const resolverOf = (expected: Parameters<typeof JwtVerifier.verify>[1]): Resolver => ({
  challenge: "Bearer",
  scheme: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  resolve: ({ headers }) => JwtVerifier.verify(headers["authorization"], expected)
})

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
    Effect.map(expectedOf(options), (expected) => resolverOf(() => Effect.succeed(expected)))
  )

const maxPrefix = 64

const checkTogether = (issuers: ReadonlyArray<Issuer<any>>) => {
  const twice = issuers.find(({ issuer }, index) => issuers.findIndex((other) => other.issuer === issuer) !== index)
  if (twice !== undefined) {
    return Effect.fail(new InvalidJwtOptions({ option: "issuer", detail: `names '${twice.issuer}' twice` }))
  }
  return issuers.some(({ prefix }) => prefix.length > maxPrefix || !prefix.isWellFormed())
    ? Effect.fail(new InvalidJwtOptions({ option: "prefix", detail: `must have at most ${maxPrefix} characters` }))
    : Effect.void
}

/**
 * Provides the resolver of the server where several issuers are trusted, such as one for the staff and one for partners. The
 * `iss` of a token says which of them it is checked by: its keys, its algorithms, its audience, its groups. Fails at the start
 * on keys or options that can't be used, and on an issuer that is named twice.
 *
 * @example
 * ```ts
 * import * as JwtKeys from "@reventless/http/JwtKeys"
 * import * as JwtPrincipals from "@reventless/http/JwtPrincipals"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 *
 * const Callers = JwtPrincipals.layerIssuers([
 *   {
 *     keys: JwtKeys.remote("https://login.example/jwks.json", { algorithms: ["RS256"] }),
 *     issuer: "https://login.example/",
 *     audience: "shop",
 *     prefix: ""
 *   },
 *   {
 *     keys: JwtKeys.remote("https://partner.example/jwks.json", { algorithms: ["ES256"] }),
 *     issuer: "https://partner.example",
 *     audience: "shop-api",
 *     prefix: "partner:"
 *   }
 * ]).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 */
export const layerIssuers = <R = never>(
  issuers: readonly [Issuer<R>, Issuer<R>, ...ReadonlyArray<Issuer<R>>]
): Layer.Layer<never, InvalidJwtOptions | InvalidKeys, R> =>
  Layer.effect(
    PrincipalResolver,
    Effect.gen(function*() {
      yield* checkTogether(issuers)
      const expected = yield* Effect.forEach(issuers, (issuer) => {
        const { prefix } = issuer
        const others = issuers.map((other) => other.prefix).filter((other) =>
          other !== prefix && other.startsWith(prefix)
        )
        const called = (name: string): string | undefined =>
          others.some((other) => `${prefix}${name}`.startsWith(other)) ? undefined : `${prefix}${name}`
        return Effect.map(expectedOf(issuer), (one): JwtVerifier.Expected => ({ ...one, called }))
      })
      return resolverOf(JwtVerifier.oneOf(expected))
    })
  )
