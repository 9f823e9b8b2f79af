import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as Platform from "@reventless/core/Platform"
import * as Principal from "@reventless/core/Principal"
import * as HttpServer from "@reventless/http/HttpServer"
import * as JwtKeys from "@reventless/http/JwtKeys"
import * as JwtPrincipals from "@reventless/http/JwtPrincipals"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Jose from "jose"
import { ask, kind, Logged, problem } from "./fixtures/server.ts"
import { caller, forge, now, sign } from "./fixtures/tokens.ts"

const staff = { issuer: "https://login.example/", audience: "shop" }
const partner = { issuer: "https://partner.example", audience: "shop-api" }

const text = "a secret of at least thirty-two bytes, for tests"
const bytes = (secret: string) => new TextEncoder().encode(secret)

const RS = { alg: "RS256", kid: "one" }
const HS = { alg: "HS256" }

/** At the time of the tests. */
const at = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.andThen(TestClock.setTime(now * 1000), effect)

/** What a good token of an issuer says. */
const claimsOf = ({ audience, issuer }: typeof staff) => ({
  iss: issuer,
  aud: audience,
  sub: "ada",
  groups: ["managers"],
  exp: now + 60,
  iat: now
})

const pair = Effect.promise(() => Jose.generateKeyPair("RS256", { extractable: true }))
const jwk = (key: Jose.CryptoKey, kid: string) =>
  Effect.map(Effect.promise(() => Jose.exportJWK(key)), (published) => ({ ...published, kid, alg: "RS256" }))

/** Keys, and how often somebody looked for one. */
const counted = (keys: JwtKeys.JwtKeys): { readonly keys: JwtKeys.JwtKeys; readonly asked: () => number } => {
  let asked = 0
  const open = Effect.map(keys.open, (find): JwtKeys.FindKeys => (header) => {
    asked++
    return find(header)
  })
  return { keys: { ...keys, open }, asked: () => asked }
}

/** Two issuers: the staff's tokens are signed with RSA, those of partners with a secret. */
const two = Effect.gen(function*() {
  const { privateKey, publicKey } = yield* pair
  const published = yield* jwk(publicKey, "one")
  const ofStaff = counted(JwtKeys.jwks({ keys: [published] }, { algorithms: ["RS256"] }))
  const ofPartner = counted(JwtKeys.secret(Redacted.make(text)))
  const layer = JwtPrincipals.layerIssuers([
    { ...staff, keys: ofStaff.keys, prefix: "" },
    { ...partner, keys: ofPartner.keys, prefix: "partner:" }
  ])
  return { privateKey, publicKey, ofStaff, ofPartner, layer }
})

const unknown = "the token's issuer isn't known here"

describe("tokens of several issuers", () => {
  it.effect("are each checked by the keys and the audience of the issuer that they name, and by no others", () =>
    at(Effect.gen(function*() {
      const { layer, ofPartner, ofStaff, privateKey } = yield* two
      yield* Effect.gen(function*() {
        assert.deepStrictEqual(yield* caller(undefined), Principal.anonymous)
        assert.deepStrictEqual(
          yield* caller(yield* sign(claimsOf(staff), privateKey, RS)),
          Principal.user("ada", ["managers"])
        )
        assert.deepStrictEqual([ofStaff.asked(), ofPartner.asked()], [1, 0])
        assert.deepStrictEqual(
          yield* caller(yield* sign(claimsOf(partner), bytes(text), HS)),
          Principal.user("partner:ada", ["partner:managers"])
        )
        assert.deepStrictEqual([ofStaff.asked(), ofPartner.asked()], [1, 1])
        const cases: ReadonlyArray<readonly [claims: object, detail: string]> = [
          [{ ...claimsOf(partner), aud: "shop" }, "the token is for somebody else: its 'aud' has to name 'shop-api'"],
          [{ ...claimsOf(partner), exp: now - 90 }, "the token expired 1 minute ago, at 2027-01-15T07:58:30Z"],
          [{ ...claimsOf(partner), sub: "" }, "the token's 'sub' must be a text of 1 to 255 characters"]
        ]
        for (const [claims, detail] of cases) {
          assert.strictEqual(yield* caller(yield* sign(claims, bytes(text), HS)), detail)
        }
        const foreign = yield* sign({ ...claimsOf(staff), aud: "shop-api" }, privateKey, RS)
        assert.strictEqual(yield* caller(foreign), "the token is for somebody else: its 'aud' has to name 'shop'")
      }).pipe(Effect.provide(layer))
    })))

  it.effect("that one signs in the name of another are refused, whatever they are signed with", () =>
    at(Effect.gen(function*() {
      const { layer, ofPartner, privateKey, publicKey } = yield* two
      yield* Effect.gen(function*() {
        // A partner that signs with its own secret as if it were the staff's issuer.
        const asStaff = yield* sign(claimsOf(staff), bytes(text), HS)
        assert.strictEqual(yield* caller(asStaff), "the token is signed with 'HS256'; it has to be RS256")
        // The staff's key in the name of a partner.
        const asPartner = yield* sign(claimsOf(partner), privateKey, RS)
        assert.strictEqual(yield* caller(asPartner), "the token is signed with 'RS256'; it has to be HS256")
        // The published key of the staff, taken for a secret by the issuer that has secrets.
        const pem = yield* Effect.promise(() => Jose.exportSPKI(publicKey))
        for (const { audience, issuer } of [staff, partner]) {
          const confused = yield* sign({ ...claimsOf(staff), iss: issuer, aud: audience }, bytes(pem), HS)
          assert.strictEqual(
            yield* caller(confused),
            issuer === staff.issuer
              ? "the token is signed with 'HS256'; it has to be RS256"
              : "the token's signature is wrong"
          )
        }
        for (const alg of ["none", "None", "NONE", ""]) {
          for (const [one, taken] of [[staff, "RS256"], [partner, "HS256"]] as const) {
            assert.strictEqual(
              yield* caller(forge({ alg }, claimsOf(one))),
              `the token is signed with '${alg}'; it has to be ${taken}`
            )
          }
        }
        assert.strictEqual(ofPartner.asked(), 1)
      }).pipe(Effect.provide(layer))
    })))

  it.effect("of an unknown issuer are refused; who it is and who is known is for the log alone", () =>
    at(Effect.gen(function*() {
      const { layer, ofPartner, ofStaff, privateKey } = yield* two
      const Log = Logged.layer
      yield* Effect.gen(function*() {
        const names = ["https://evil.example/", "https://login.example", "HTTPS://LOGIN.EXAMPLE/", "__proto__", ""]
        for (const iss of names) {
          assert.strictEqual(yield* caller(yield* sign({ ...claimsOf(staff), iss }, privateKey, RS)), unknown, iss)
        }
        const { iss: _, ...nobodys } = claimsOf(staff)
        for (const claims of [nobodys, { ...nobodys, iss: 7 }, { ...nobodys, iss: [staff.issuer] }]) {
          assert.strictEqual(
            yield* caller(yield* sign(claims, privateKey, RS)),
            "the token doesn't name its issuer ('iss')"
          )
        }
        for (const token of ["ada", "a.b.c"]) assert.strictEqual(yield* caller(token), "the token is no JWT")
        assert.deepStrictEqual([ofStaff.asked(), ofPartner.asked()], [0, 0])
        const lines = yield* Logged
        assert.strictEqual(lines.length, names.length)
        assert.include(
          lines[0],
          "A token is from the issuer 'https://evil.example/'; known are 'https://login.example/', 'https://partner.example'."
        )
      }).pipe(Effect.provide(Layer.provideMerge(layer, Log)))
    })))

  it.live("of an unknown issuer are answered 401, without the names of those that are known", () =>
    Effect.gen(function*() {
      const { layer, privateKey } = yield* two
      const Server = HttpServer.layer({ port: 0 }).pipe(
        Layer.provide(Platform.layer({ version: "1.0.0", plugins: [], operators: Access.anyone })),
        Layer.provide(Platform.layerMemory),
        Layer.provide(layer)
      )
      yield* Effect.gen(function*() {
        const token = yield* sign({ ...claimsOf(staff), iss: "https://evil.example/" }, privateKey, RS)
        const answer = yield* ask("/ops/views", { headers: { authorization: `Bearer ${token}` } })
        assert.deepStrictEqual(kind(answer), problem(401, "CredentialsRefused"))
        assert.strictEqual(answer.headers.get("www-authenticate"), "Bearer error=\"invalid_token\"")
        for (const { issuer } of [staff, partner]) assert.notInclude(answer.text, issuer)
        assert.strictEqual((yield* ask("/ops/views")).status, 200)
      }).pipe(Effect.provide(Server))
    }))

  it.effect("name nobody that another issuer names", () =>
    at(Effect.gen(function*() {
      const { layer, privateKey } = yield* two
      yield* Effect.gen(function*() {
        const cases = [
          [{ sub: "partner:ada" }, "the token's 'sub' has a name that another issuer gives: 'partner:ada'"],
          [
            { groups: ["partner:managers"] },
            "the token's 'groups' has a name that another issuer gives: 'partner:managers'"
          ]
        ] as const
        for (const [claims, detail] of cases) {
          assert.strictEqual(yield* caller(yield* sign({ ...claimsOf(staff), ...claims }, privateKey, RS)), detail)
        }
        const own = yield* sign({ ...claimsOf(partner), sub: "partner:ada" }, bytes(text), HS)
        assert.deepStrictEqual(yield* caller(own), Principal.user("partner:partner:ada", ["partner:managers"]))
      }).pipe(Effect.provide(layer))
    })))

  it.effect("with one prefix are of the same people, as when an application moves to another issuer", () =>
    at(Effect.gen(function*() {
      const { privateKey, publicKey } = yield* pair
      const keys = JwtKeys.jwks(yield* jwk(publicKey, "one"))
      const layer = JwtPrincipals.layerIssuers([
        { ...staff, keys: JwtKeys.secret(Redacted.make(text)), prefix: "" },
        { ...partner, keys, prefix: "" }
      ])
      const ada = Principal.user("ada", ["managers"])
      yield* Effect.gen(function*() {
        assert.deepStrictEqual(yield* caller(yield* sign(claimsOf(staff), bytes(text), HS)), ada)
        assert.deepStrictEqual(yield* caller(yield* sign(claimsOf(partner), privateKey, RS)), ada)
      }).pipe(Effect.provide(layer))
    })))

  it.effect("go on when one of them rotates its keys, and keys of the same name are each issuer's own", () =>
    at(Effect.gen(function*() {
      const [old, next, other] = [yield* pair, yield* pair, yield* pair]
      const keysOf = (...published: ReadonlyArray<Jose.JWK>) => JwtKeys.jwks({ keys: published })
      const layer = JwtPrincipals.layerIssuers([
        {
          ...staff,
          keys: keysOf(yield* jwk(old.publicKey, "one"), yield* jwk(next.publicKey, "two")),
          prefix: "staff:"
        },
        { ...partner, keys: keysOf(yield* jwk(other.publicKey, "one")), prefix: "partner:" }
      ])
      const by = (claims: object, key: Jose.CryptoKey, kid: string) =>
        Effect.flatMap(sign(claims, key, { alg: "RS256", kid }), caller)
      yield* Effect.gen(function*() {
        const ada = Principal.user("staff:ada", ["staff:managers"])
        assert.deepStrictEqual(yield* by(claimsOf(staff), old.privateKey, "one"), ada)
        assert.deepStrictEqual(yield* by(claimsOf(staff), next.privateKey, "two"), ada)
        assert.strictEqual(yield* by(claimsOf(staff), other.privateKey, "one"), "the token's signature is wrong")
        assert.strictEqual(yield* by(claimsOf(partner), old.privateKey, "one"), "the token's signature is wrong")
        assert.strictEqual(
          yield* by(claimsOf(partner), next.privateKey, "two"),
          "the token was signed with a key that isn't known here: 'two'"
        )
      }).pipe(Effect.provide(layer))
    })))

  it.effect("need issuers that can be told apart", () =>
    Effect.gen(function*() {
      const keys = JwtKeys.secret(Redacted.make(text))
      const refusal = (...issuers: Parameters<typeof JwtPrincipals.layerIssuers<never>>[0]) =>
        Effect.map(Effect.flip(Layer.build(JwtPrincipals.layerIssuers(issuers))), ({ message }) => message)
      const one = { ...staff, keys, prefix: "" }
      const other = { ...partner, keys, prefix: "p" }
      assert.include(yield* refusal(one, one), "'issuer' of JwtPrincipals names 'https://login.example/' twice")
      assert.include(
        yield* refusal(one, { ...other, prefix: "x".repeat(65) }),
        "'prefix' of JwtPrincipals must have at most 64"
      )
      assert.include(yield* refusal(one, { ...other, audience: "" }), "'audience' of JwtPrincipals is empty")
      const weak = JwtKeys.secret(Redacted.make("hunter2"))
      assert.include(yield* refusal(one, { ...other, keys: weak }), "a secret for HS256 has at least 32 bytes")
    }).pipe(Effect.scoped))
})
