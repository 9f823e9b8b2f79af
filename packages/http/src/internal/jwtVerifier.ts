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

const principalOf = Effect.fnUntraced(function*(claims: Jose.JWTPayload, { groups: path }: Expected) {
  const id = yield* Effect.mapError(
    decodeSubject(claims.sub),
    () => refused("the token's 'sub' must be a text of 1 to 255 characters")
  )
  const groups = yield* Effect.mapError(
    decodeGroups(at(claims, path) ?? []),
    () => refused(`the token's '${path.join(".")}' must be an array of texts of 1 to 255 characters`)
  )
  return Principal.user(id, groups)
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

/**
 * Who a request is from by its `Authorization`: anonymous without one, and refused with one that isn't good. Claims are
 * looked at once the signature is right, so strangers learn nothing of what is expected.
 */
export const verify = Effect.fnUntraced(
  function*(
    authorization: string | undefined,
    expected: Expected
  ): Effect.fn.Return<Principal.Caller, CredentialsRefused | CredentialsUnchecked> {
    const token = yield* bearerOf(authorization)
    if (token === undefined) return Principal.anonymous
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
