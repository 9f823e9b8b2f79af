import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Jose from "jose"
import type { FindKeys, PublicAlgorithm, SecretAlgorithm } from "../JwtKeys.ts"

export const publicAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519"
] as const satisfies ReadonlyArray<PublicAlgorithm>

/** As many bytes as the hash has, as RFC 7518 asks for. */
const minSecret: Record<SecretAlgorithm, number> = { HS256: 32, HS384: 48, HS512: 64 }

/** Why keys can't be used is said as the rest of a sentence: what they are isn't told. */
export const secrets = (
  given: ReadonlyArray<Redacted.Redacted<string>>,
  algorithm: SecretAlgorithm
): Effect.Effect<FindKeys, string> => {
  const keys = given.map((one) => new TextEncoder().encode(Redacted.value(one)))
  const min = minSecret[algorithm]
  return keys.some(({ length }) => length < min)
    ? Effect.fail(`a secret for ${algorithm} has at least ${min} bytes; make one with: openssl rand -base64 48`)
    : Effect.succeed(() => Effect.succeed(keys))
}

const importPem = (pem: string, algorithm: PublicAlgorithm): Effect.Effect<Jose.CryptoKey, string> => {
  const text = pem.replaceAll("\\n", "\n").trim()
  return text.includes("PRIVATE KEY-----")
    ? Effect.fail("the PEM is a private key; give this application the public one only")
    : Effect.tryPromise({
      try: () =>
        text.startsWith("-----BEGIN CERTIFICATE-----")
          ? Jose.importX509(text, algorithm)
          : Jose.importSPKI(text, algorithm),
      catch: () =>
        `the PEM is no key for ${algorithm}; it has to begin with '-----BEGIN PUBLIC KEY-----' or '-----BEGIN ` +
        "CERTIFICATE-----', with its line breaks"
    })
}

export const pems = (
  given: ReadonlyArray<string>,
  algorithm: PublicAlgorithm
): Effect.Effect<FindKeys, string> =>
  Effect.map(
    Effect.forEach(given, (pem) => importPem(pem, algorithm)),
    (keys) => () => Effect.succeed(keys)
  )

const Key = Schema.StructWithRest(
  Schema.Struct({
    kty: Schema.String
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
const decodeSet = Schema.decodeUnknownEffect(
  Schema.Union([Schema.Struct({ keys: Schema.NonEmptyArray(Key) }), Key])
)
const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

/** An RSA key that doesn't say what it is used with is used with one algorithm only. */
const checkKey = (key: typeof Key.Type): Effect.Effect<Jose.JWK, string> =>
  key.kty === "oct"
    ? Effect.fail("the set has a secret (kty 'oct'); give it by 'JwtKeys.secret'")
    : key["d"] !== undefined
    ? Effect.fail("the set has a private key ('d'); give this application the public ones only")
    : Effect.succeed((key.kty === "RSA" ? { alg: "RS256", ...key } : key) as Jose.JWK)

/** The keys of a set that a token can have been signed by: the one that it names, or all that are for its algorithm. */
export const set = Effect.fnUntraced(function*(given: unknown) {
  const value = typeof given === "string"
    ? yield* Effect.mapError(parse(given), () => "the key set is no JSON")
    : given
  const decoded = yield* Effect.mapError(
    decodeSet(value),
    () => "it is neither a JSON Web Key Set ({ \"keys\": [...] }) nor a JSON Web Key"
  )
  const keys = yield* Effect.forEach(
    "keys" in decoded ? decoded.keys as ReadonlyArray<typeof Key.Type> : [decoded],
    checkKey
  )
  const local = Jose.createLocalJWKSet({ keys: [...keys] })
  const find: FindKeys = ({ alg, kid }) =>
    Effect.tryPromise(() => local(kid === undefined ? { alg } : { alg, kid })).pipe(
      Effect.map((key) => [key]),
      Effect.catch(({ cause }) =>
        cause instanceof Jose.errors.JWKSMultipleMatchingKeys
          ? Effect.orDie(Stream.runCollect(Stream.fromAsyncIterable(cause, () => "unreachable")))
          : Effect.succeed([])
      )
    )
  return find
})
