import { assert, describe, it } from "@effect/vitest"
import * as Principal from "@reventless/core/Principal"
import * as JwtKeys from "@reventless/http/JwtKeys"
import * as JwtPrincipals from "@reventless/http/JwtPrincipals"
import { CredentialsRefused, PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Jose from "jose"
import { ada, audience, caller, claims, forge, issuer, now, principals, request, sign } from "./fixtures/tokens.ts"

const text = "a secret of at least thirty-two bytes, for tests"
const secret = new TextEncoder().encode(text)
const shared = JwtKeys.secret(Redacted.make(text))
const HS = { alg: "HS256" }

/** At the time of the tests. */
const at = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.andThen(TestClock.setTime(now * 1000), effect)

const pair = (alg: string) => Effect.promise(() => Jose.generateKeyPair(alg, { extractable: true }))
const jwk = (key: Jose.CryptoKey) => Effect.promise(() => Jose.exportJWK(key))
const pem = (key: Jose.CryptoKey) => Effect.promise(() => Jose.exportSPKI(key))

/** What comes of a token, as the bearer is told. */
const told = (given: object, header: Jose.JWTHeaderParameters = HS) =>
  Effect.flatMap(sign(given, secret, header), caller)

const Shared = principals(shared)

describe("a bearer token", () => {
  it.effect("says who its bearer is, whatever it is signed with of what is taken", () =>
    at(Effect.gen(function*() {
      assert.deepStrictEqual(yield* Effect.provide(told(claims), Shared), ada)
      for (const alg of ["RS256", "PS256", "ES256", "ES384", "EdDSA"] as const) {
        const { privateKey, publicKey } = yield* pair(alg)
        const token = yield* sign(claims, privateKey, { alg })
        const byPem = principals(JwtKeys.pem(yield* pem(publicKey), { algorithm: alg }))
        assert.deepStrictEqual(yield* Effect.provide(caller(token), byPem), ada, alg)
        const set = { keys: [{ ...(yield* jwk(publicKey)), alg }] }
        assert.deepStrictEqual(yield* Effect.provide(caller(token), principals(JwtKeys.jwks(set))), ada, alg)
        const json = JSON.stringify(set.keys[0])
        assert.deepStrictEqual(yield* Effect.provide(caller(token), principals(JwtKeys.jwks(json))), ada, alg)
      }
    })))

  it.effect("isn't needed to be anonymous, and never makes anybody anonymous", () =>
    at(Effect.gen(function*() {
      assert.deepStrictEqual(yield* caller(undefined), Principal.anonymous)
      const { resolve } = yield* PrincipalResolver
      for (const given of ["", "Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "ada", "Bearer a b"]) {
        const refused = yield* Effect.flip(resolve(request(given)))
        assert.strictEqual(refused._tag, "CredentialsRefused", given)
        assert.include(refused.detail, "must be 'Bearer ' and a token")
      }
    })).pipe(Effect.provide(Shared)))

  it.effect("is refused with what is wrong with it", () =>
    at(Effect.gen(function*() {
      const { exp: _, ...endless } = claims
      const { sub: __, ...nameless } = claims
      const long = "x".repeat(256)
      const name = "must be a text of 1 to 255 characters"
      const groups = "the token's 'groups' must be an array of texts of 1 to 255 characters"
      const cases: ReadonlyArray<readonly [claims: object, detail: string]> = [
        [{ ...claims, exp: now - 90 }, "the token expired 1 minute ago, at 2027-01-15T07:58:30Z"],
        [{ ...claims, exp: now - 7300 }, "the token expired 2 hours ago, at 2027-01-15T05:58:20Z"],
        [{ ...claims, nbf: now + 90 }, "the token isn't good before 2027-01-15T08:01:30Z"],
        [{ ...claims, exp: "tomorrow" }, "the token's 'exp' isn't what it must be"],
        [{ ...claims, nbf: "today" }, "the token's 'nbf' must be a number"],
        [endless, "the token has no 'exp'"],
        [nameless, "the token has no 'sub'"],
        [{ ...claims, sub: "" }, `the token's 'sub' ${name}`],
        [{ ...claims, sub: long }, `the token's 'sub' ${name}`],
        [{ ...claims, sub: 7 }, `the token's 'sub' ${name}`],
        [{ ...claims, sub: "\ud800" }, `the token's 'sub' ${name}`],
        [{ ...claims, groups: "managers" }, groups],
        [{ ...claims, groups: [1] }, groups],
        [{ ...claims, groups: { managers: true } }, groups],
        [
          { ...claims, iss: "https://evil.example/" },
          "the token is from another issuer: 'https://evil.example/', not 'https://login.example/'"
        ],
        [{ ...claims, aud: "bank" }, "the token is for somebody else: its 'aud' has to name 'shop'"],
        [{ ...claims, aud: [] }, "the token is for somebody else: its 'aud' has to name 'shop'"]
      ]
      for (const [given, detail] of cases) assert.strictEqual(yield* told(given), detail)
      const good = yield* sign(claims, secret, HS)
      const [head, body] = good.split(".")
      const other = yield* sign(claims, new TextEncoder().encode(`${text}?`), HS)
      const tokens: ReadonlyArray<readonly [token: string, detail: string]> = [
        [other, "the token's signature is wrong"],
        [forge({ alg: "HS256" }, { ...claims, sub: "bob" }, good.split(".")[2]), "the token's signature is wrong"],
        [`${head}.${body}.`, "the token's signature is wrong"],
        [
          forge({ alg: "HS256", crit: ["new"], new: true }, claims),
          "the token is no JWT of the kind that is taken here"
        ],
        [`${head}.${body}`, "the token is no JWT"],
        ["ada", "the token is no JWT"],
        ["a.b.c", "the token is no JWT"],
        [forge({ typ: "JWT" }, claims), "the token is no JWT"],
        [`${"a".repeat(8200)}`, "the token is longer than 8192 characters"]
      ]
      for (const [token, detail] of tokens) assert.strictEqual(yield* caller(token), detail)
    })).pipe(Effect.provide(Shared)))

  it.effect("is good until its last second and for the tolerance, by the application's clock", () =>
    at(Effect.gen(function*() {
      const token = yield* sign({ ...claims, nbf: now + 30, exp: now + 60 }, secret, HS)
      const seen = Effect.fnUntraced(function*(second: number) {
        yield* TestClock.setTime((now + second) * 1000)
        return typeof (yield* caller(token)) === "object"
      })
      const seconds = [24, 25, 30, 59, 60, 64, 65]
      assert.deepStrictEqual(yield* Effect.forEach(seconds, seen), [false, true, true, true, true, true, false])
      yield* TestClock.setTime(now * 1000)
      const exact = principals(shared, { clockTolerance: 0 })
      assert.deepStrictEqual(
        yield* Effect.provide(Effect.forEach(seconds, seen), exact),
        [false, false, true, true, false, false, false]
      )
    })).pipe(Effect.provide(Shared)))

  it.effect("can't choose how it is verified: neither 'none', nor a public key taken for a secret", () =>
    at(Effect.gen(function*() {
      const { publicKey } = yield* pair("RS256")
      const published = yield* pem(publicKey)
      const keys = principals(JwtKeys.pem(published, { algorithm: "RS256" }))
      const confused = yield* sign(claims, new TextEncoder().encode(published), HS)
      const refused = (alg: string) => `the token is signed with '${alg}'; it has to be RS256`
      assert.strictEqual(yield* Effect.provide(caller(confused), keys), refused("HS256"))
      for (const alg of ["none", "None", "NONE", "RS1", "__proto__", ""]) {
        assert.strictEqual(yield* Effect.provide(caller(forge({ alg }, claims)), keys), refused(alg))
        assert.notStrictEqual(typeof (yield* Effect.provide(caller(forge({ alg }, claims)), Shared)), "object")
      }
      const set = principals(JwtKeys.jwks({ ...(yield* jwk(publicKey)), alg: "RS256" }))
      assert.include(yield* Effect.provide(caller(confused), set), "signed with 'HS256'")
    })))

  it.effect("is verified by the key that it names, and by all when it names none", () =>
    at(Effect.gen(function*() {
      const [one, other, third] = [yield* pair("ES256"), yield* pair("ES256"), yield* pair("ES256")]
      const keyed = Effect.fnUntraced(function*(key: Jose.CryptoKey, kid: string) {
        return { ...(yield* jwk(key)), kid, alg: "ES256", use: "sig" }
      })
      const set = { keys: [yield* keyed(one.publicKey, "one"), yield* keyed(other.publicKey, "other")] }
      const keys = principals(JwtKeys.jwks(set))
      const by = (key: Jose.CryptoKey, kid?: string) =>
        Effect.flatMap(
          sign(claims, key, { alg: "ES256", ...(kid === undefined ? {} : { kid }) }),
          (token) => Effect.provide(caller(token), keys)
        )
      assert.deepStrictEqual(yield* by(other.privateKey, "other"), ada)
      assert.deepStrictEqual(yield* by(other.privateKey), ada)
      assert.strictEqual(yield* by(other.privateKey, "one"), "the token's signature is wrong")
      assert.strictEqual(yield* by(third.privateKey), "the token's signature is wrong")
      const unknown = "the token was signed with a key that isn't known here: 'ninth'"
      assert.strictEqual(yield* by(third.privateKey, "ninth"), unknown)
      const secrets = principals(JwtKeys.secret([Redacted.make("x".repeat(32)), Redacted.make(text)]))
      assert.deepStrictEqual(yield* Effect.provide(told(claims), secrets), ada)
    })))

  it.effect("has its groups where the application says, or none", () =>
    at(Effect.gen(function*() {
      const { groups: _, ...without } = claims
      const nested = { ...without, realm_access: { roles: ["managers"] }, "https://shop.example/roles": ["managers"] }
      const by = (groups: JwtPrincipals.Options["groups"]) =>
        Effect.provide(told(nested), principals(shared, groups === undefined ? {} : { groups }))
      assert.deepStrictEqual(yield* by(["realm_access", "roles"]), ada)
      assert.deepStrictEqual(yield* by("https://shop.example/roles"), ada)
      assert.deepStrictEqual(yield* by(undefined), Principal.user("ada"))
      assert.deepStrictEqual(yield* by(["realm_access", "toString"]), Principal.user("ada"))
    })))

  it.effect("tells nothing of what is expected to who can't sign", () =>
    at(Effect.gen(function*() {
      const forged = yield* sign({ sub: "ada" }, new TextEncoder().encode("x".repeat(32)), HS)
      const refused = yield* caller(forged)
      assert.strictEqual(refused, "the token's signature is wrong")
      const shown = yield* caller(forge({ alg: `\u001b[31m${"x".repeat(100)}` }, claims))
      assert.strictEqual(shown, `the token is signed with '?[31m${"x".repeat(59)}'; it has to be HS256`)
    })).pipe(Effect.provide(Shared)))

  it.effect("changed anywhere is refused, and nothing worse happens", () =>
    at(Effect.gen(function*() {
      const good = yield* sign(claims, secret, HS)
      const { resolve } = yield* PrincipalResolver
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ {}\""
      // The last character of a signature has bits that nobody reads.
      for (let place = 0; place < good.length - 1; place++) {
        const changed = alphabet[(place * 7 + good.charCodeAt(place)) % alphabet.length]!
        if (changed === good[place]) continue
        const token = good.slice(0, place) + changed + good.slice(place + 1)
        const refused = yield* Effect.flip(resolve(request(`Bearer ${token}`)))
        assert.isTrue(refused instanceof CredentialsRefused, token)
      }
    })).pipe(Effect.provide(Shared)))
})

describe("keys and options that can't be used", () => {
  const refusal = <R>(layer: Layer.Layer<never, { readonly message: string }, R>) =>
    Effect.map(Effect.flip(Layer.build(layer)), ({ message }) => message)

  it.effect("stop the application, and the message doesn't show them", () =>
    Effect.gen(function*() {
      const { privateKey, publicKey } = yield* pair("ES256")
      const secretPem = yield* Effect.promise(() => Jose.exportPKCS8(privateKey))
      const cases = [
        [JwtKeys.secret(Redacted.make("hunter2")), "a secret for HS256 has at least 32 bytes"],
        [JwtKeys.secret(Redacted.make("x".repeat(63)), { algorithm: "HS512" }), "for HS512 has at least 64 bytes"],
        [JwtKeys.pem(secretPem, { algorithm: "ES256" }), "the PEM is a private key"],
        [JwtKeys.pem("hunter2", { algorithm: "ES256" }), "the PEM is no key for ES256"],
        [JwtKeys.pem(yield* pem(publicKey), { algorithm: "RS256" }), "the PEM is no key for RS256"],
        [JwtKeys.jwks(yield* jwk(privateKey)), "the set has a private key"],
        [JwtKeys.jwks({ keys: [{ kty: "oct", k: "aHVudGVyMg" }] }), "the set has a secret"],
        [JwtKeys.jwks("hunter2"), "the key set is no JSON"],
        [JwtKeys.jwks({ keys: [] }), "it is neither a JSON Web Key Set"]
      ] as const
      for (const [keys, detail] of cases) {
        const message = yield* refusal(principals(keys))
        assert.include(message, detail)
        assert.notInclude(message, "hunter2")
      }
    }).pipe(Effect.scoped))

  it.effect("name the option", () =>
    Effect.gen(function*() {
      const options = { keys: shared, issuer, audience }
      const tolerance = "The option 'clockTolerance' of JwtPrincipals must be 0 to 5 minutes."
      assert.strictEqual(yield* refusal(JwtPrincipals.layer({ ...options, clockTolerance: "6 minutes" })), tolerance)
      assert.strictEqual(yield* refusal(JwtPrincipals.layer({ ...options, clockTolerance: -1 })), tolerance)
      assert.include(yield* refusal(JwtPrincipals.layer({ ...options, issuer: "" })), "'issuer'")
      assert.include(yield* refusal(JwtPrincipals.layer({ ...options, audience: " " })), "'audience'")
    }).pipe(Effect.scoped))

  it.effect("a PEM whose line breaks an environment has written as \\n is good", () =>
    at(Effect.gen(function*() {
      const { privateKey, publicKey } = yield* pair("ES256")
      const flat = (yield* pem(publicKey)).replaceAll("\n", "\\n")
      const token = yield* sign(claims, privateKey, { alg: "ES256" })
      const keys = principals(JwtKeys.pem(flat, { algorithm: "ES256" }))
      assert.deepStrictEqual(yield* Effect.provide(caller(token), keys), ada)
    })))
})
