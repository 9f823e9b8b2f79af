/**
 * The keys that tokens are verified by: a shared secret, public keys as PEM or JWK, or the address where an identity
 * provider publishes them. Each names the algorithms that it takes; what a token says of itself chooses among those only,
 * so a public key is never taken for a secret, and `none` is never taken.
 */
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { CryptoKey } from "jose"
import * as RemoteKeys from "./internal/remoteKeys.ts"
import * as StaticKeys from "./internal/staticKeys.ts"
import type { CredentialsRefused, CredentialsUnchecked } from "./PrincipalResolver.ts"

/** An algorithm with a shared secret. */
export type SecretAlgorithm = "HS256" | "HS384" | "HS512"

/** An algorithm with a public key. */
export type PublicAlgorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA"
  | "Ed25519"

/** What a token says of how it was signed. */
export interface Header {
  readonly alg: string
  /** Which of the issuer's keys it was. */
  readonly kid: string | undefined
}

/** The keys that can have signed a token; none is as good as a wrong one. */
export type FindKeys = (
  header: Header
) => Effect.Effect<ReadonlyArray<CryptoKey | Uint8Array>, CredentialsRefused | CredentialsUnchecked>

/** The keys can't be used. What they are isn't told. */
export class InvalidKeys extends Schema.TaggedError<InvalidKeys>()("InvalidKeys", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The keys that tokens are to be verified by can't be used: ${this.detail}.`
  }
}

/** Keys to verify tokens by, and what opening them needs. */
export interface JwtKeys<out R = never> {
  /** Tokens signed in another way are refused. */
  readonly algorithms: ReadonlyArray<SecretAlgorithm | PublicAlgorithm>
  /** Reads the keys once, when the application starts. */
  readonly open: Effect.Effect<FindKeys, InvalidKeys, R>
}

const orInvalid = <A, R>(effect: Effect.Effect<A, string, R>): Effect.Effect<A, InvalidKeys, R> =>
  Effect.mapError(effect, (detail) => new InvalidKeys({ detail }))

type OneOrMore<A> = A | readonly [A, ...ReadonlyArray<A>]

/**
 * A secret that the issuer shares with this application: the bytes of the text, at least 32 for HS256, 48 for HS384, 64 for
 * HS512. Whoever can verify by it can also issue. During a rotation there are two.
 *
 * @example
 * ```ts
 * import * as JwtKeys from "@reventless/http/JwtKeys"
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 *
 * const keys = Effect.map(Config.Redacted("JWT_SECRET"), (secret) => JwtKeys.secret(secret))
 * ```
 */
export const secret = (
  secret: OneOrMore<Redacted.Redacted<string>>,
  options: { readonly algorithm?: SecretAlgorithm } = {}
): JwtKeys => {
  const { algorithm = "HS256" } = options
  return { algorithms: [algorithm], open: orInvalid(StaticKeys.secrets([secret].flat(), algorithm)) }
}

/**
 * A public key or certificate as PEM (`BEGIN PUBLIC KEY`, `BEGIN CERTIFICATE`), which doesn't say what it is used with. During
 * a rotation there are two.
 *
 * @example
 * ```ts
 * import * as JwtKeys from "@reventless/http/JwtKeys"
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 *
 * const keys = Effect.map(Config.String("JWT_PUBLIC_KEY"), (pem) => JwtKeys.pem(pem, { algorithm: "RS256" }))
 * ```
 */
export const pem = (pem: OneOrMore<string>, options: { readonly algorithm: PublicAlgorithm }): JwtKeys => ({
  algorithms: [options.algorithm],
  open: orInvalid(StaticKeys.pems([pem].flat(), options.algorithm))
})

/**
 * Public keys as a JSON Web Key Set or one JSON Web Key: a value, or its JSON. Each is used with its `alg`; an RSA key
 * without one with RS256, another with what its curve is for. `algorithms` says which are taken; all public ones when absent.
 *
 * @example
 * ```ts
 * import * as JwtKeys from "@reventless/http/JwtKeys"
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 *
 * const keys = Effect.map(Config.String("JWT_KEYS"), (json) => JwtKeys.jwks(json, { algorithms: ["ES256"] }))
 * ```
 */
export const jwks = (
  set: string | object,
  options: { readonly algorithms?: readonly [PublicAlgorithm, ...ReadonlyArray<PublicAlgorithm>] } = {}
): JwtKeys => {
  const { algorithms = StaticKeys.publicAlgorithms } = options
  return { algorithms, open: orInvalid(StaticKeys.set(set)) }
}

/**
 * The public keys that an identity provider publishes: the `jwks_uri` of its OpenID configuration. It must be `https`, or on
 * this machine.
 *
 * They are asked for with the first token and kept for 10 minutes. A token of an unknown key has them asked for anew, at most
 * once in 30 seconds: so a new key is known as soon as it is used. If nothing answers within 5 seconds, those that were known
 * are used for an hour at most; without any the caller is answered 503.
 *
 * @example
 * ```ts
 * import * as JwtKeys from "@reventless/http/JwtKeys"
 *
 * const keys = JwtKeys.remote("https://login.example/.well-known/jwks.json", { algorithms: ["RS256"] })
 * ```
 */
export const remote = (
  url: string,
  options: { readonly algorithms: readonly [PublicAlgorithm, ...ReadonlyArray<PublicAlgorithm>] }
): JwtKeys<HttpClient> => ({ algorithms: options.algorithms, open: orInvalid(RemoteKeys.open(url)) })
