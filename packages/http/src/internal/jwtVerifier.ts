import * as Principal from "@reventless/core/Principal"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Jose from "jose"
import type { FindKeys, Header } from "../JwtKeys.ts"
import { CredentialsRefused, type CredentialsUnchecked } from "../PrincipalResolver.ts"
import * as JwtRefusal from "./jwtRefusal.ts"
import { maxTokenLength, Name } from "./tokenLimits.ts"

/** Everything that a token is checked against. */
export interface Expected {
  readonly find: FindKeys
  readonly algorithms: ReadonlyArray<string>
  readonly issuer: string
  readonly audience: ReadonlyArray<string>
  /** The way to the claim with the groups. */
  readonly groups: ReadonlyArray<string>
  /** In seconds. */
  readonly clockTolerance: number
  /** What principals and groups are called here that the issuer calls so; undefined for names that aren't its to give. */
  readonly called?: (name: string) => string | undefined
}

const refused = (detail: string) => new CredentialsRefused({ detail })

const decodeSubject = Schema.decodeUnknownEffect(Name)
const decodeGroups = Schema.decodeUnknownEffect(Schema.Array(Name))

const Protected = Schema.Struct({ alg: Schema.String, kid: Schema.optionalKey(Schema.String) })
const decodeHeader = Schema.decodeUnknownEffect(Protected)

/** The token of a header `Bearer ...`; undefined when there is none. */
const bearerOf = (authorization: string | undefined): Effect.Effect<string | undefined, CredentialsRefused> => {
  if (authorization === undefined) return Effect.undefined
  if (authorization.length > maxTokenLength + "Bearer ".length) {
    return Effect.fail(refused(`the token is longer than ${maxTokenLength} characters`))
  }
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? []
  return token === undefined
    ? Effect.fail(refused("'Authorization' must be 'Bearer ' and a token"))
    : Effect.succeed(token)
}

/** What the token says of how it was signed; whether that is true is found out later. */
const headerOf = Effect.fnUntraced(function*(token: string, { algorithms }: Expected) {
  const { alg, kid } = yield* Effect.try({ try: () => Jose.decodeProtectedHeader(token), catch: () => undefined }).pipe(
    Effect.flatMap(decodeHeader),
    Effect.mapError(() => refused("the token is no JWT"))
  )
  if (!algorithms.includes(alg)) {
    return yield* refused(
      `the token is signed with ${JwtRefusal.shown(alg)}; it has to be ${algorithms.join(" or ")}`
    )
  }
  return { alg, kid } satisfies Header
})

const at = (claims: unknown, [first, ...rest]: ReadonlyArray<string>): unknown =>
  first === undefined
    ? claims
    : typeof claims === "object" && claims !== null && Object.hasOwn(claims, first)
    ? at((claims as Readonly<Record<string, unknown>>)[first], rest)
    : undefined

const principalOf = Effect.fnUntraced(function*(
  claims: Jose.JWTPayload,
  { called = (name) => name, groups: path }: Expected
) {
  const id = yield* Effect.mapError(
    decodeSubject(claims.sub),
    () => refused("the token's 'sub' must be a text of 1 to 255 characters")
  )
  const groups = yield* Effect.mapError(
    decodeGroups(at(claims, path) ?? []),
    () => refused(`the token's '${path.join(".")}' must be an array of texts of 1 to 255 characters`)
  )
  const named = (claim: string, name: string) => {
    const known = called(name)
    return known === undefined
      ? Effect.fail(refused(`the token's '${claim}' has a name that another issuer gives: ${JwtRefusal.shown(name)}`))
      : Effect.succeed(known)
  }
  return Principal.user(
    yield* named("sub", id),
    yield* Effect.forEach(groups, (group) => named(path.join("."), group))
  )
})

/** Verifies by each key that may have signed the token, until one has. */
const claimsOf = Effect.fnUntraced(function*(
  token: string,
  keys: ReadonlyArray<Jose.CryptoKey | Uint8Array>,
  { algorithms, audience, clockTolerance, issuer }: Expected
) {
  const now = yield* Clock.currentTimeMillis
  const options: Jose.JWTVerifyOptions = {
    algorithms: [...algorithms],
    audience: [...audience],
    clockTolerance,
    currentDate: DateTime.toDateUtc(DateTime.makeUnsafe(now)),
    issuer,
    requiredClaims: ["exp", "sub"]
  }
  let failure: unknown
  for (const key of keys) {
    const verified = yield* Effect.result(
      Effect.tryPromise(() => Jose.jwtVerify(token, key, options))
    )
    if (verified._tag === "Success") return verified.success.payload
    failure = verified.failure.cause
    if (!(failure instanceof Jose.errors.JWSSignatureVerificationFailed)) break
  }
  // Not about the token: about the key, say, that is too short.
  if (!(failure instanceof Jose.errors.JOSEError)) return yield* Effect.die(failure)
  return yield* refused(JwtRefusal.reason(failure, { now, issuer, audience }))
})

/** The issuer that a token names. That it's from there is known once its signature is right by the issuer's keys. */
const issuerOf = (token: string): Effect.Effect<string, CredentialsRefused> =>
  Effect.try({ try: () => Jose.decodeJwt(token).iss, catch: () => refused("the token is no JWT") }).pipe(
    Effect.flatMap((issuer) =>
      typeof issuer === "string"
        ? Effect.succeed(issuer)
        : Effect.fail(refused("the token doesn't name its issuer ('iss')"))
    )
  )

/**
 * What a token of one of several issuers is checked against: what its own issuer is known by, and nothing of the others. The
 * caller isn't told who the known issuers are.
 */
export const oneOf = (issuers: ReadonlyArray<Expected>) => {
  const byIssuer = new Map(issuers.map((expected) => [expected.issuer, expected]))
  return Effect.fnUntraced(function*(token: string) {
    const issuer = yield* issuerOf(token)
    const expected = byIssuer.get(issuer)
    if (expected !== undefined) return expected
    const known = [...byIssuer.keys()].map((one) => `'${one}'`).join(", ")
    yield* Effect.logInfo(`A token is from the issuer ${JwtRefusal.shown(issuer)}; known are ${known}.`)
    return yield* refused("the token's issuer isn't known here")
  })
}

/**
 * Who a request is from by its `Authorization`: anonymous without one, and refused with one that isn't good. Claims are
 * looked at once the signature is right, so strangers learn nothing of what is expected.
 */
export const verify = Effect.fnUntraced(
  function*(
    authorization: string | undefined,
    expectedOf: (token: string) => Effect.Effect<Expected, CredentialsRefused>
  ): Effect.fn.Return<Principal.Caller, CredentialsRefused | CredentialsUnchecked> {
    const token = yield* bearerOf(authorization)
    if (token === undefined) return Principal.anonymous
    const expected = yield* expectedOf(token)
    const header = yield* headerOf(token, expected)
    const keys = yield* expected.find(header)
    if (keys.length === 0) {
      return yield* refused(
        header.kid === undefined
          ? "the token doesn't name its key ('kid'), and there is none here for its algorithm"
          : `the token was signed with a key that isn't known here: ${JwtRefusal.shown(header.kid)}`
      )
    }
    return yield* principalOf(yield* claimsOf(token, keys, expected), expected)
  }
)
