import { assert, describe, it } from "@effect/vitest"
import * as JwtKeys from "@reventless/http/JwtKeys"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as Jose from "jose"
import { ada, caller, claims, now, principals, sign } from "./fixtures/tokens.ts"

const url = "https://login.example/jwks.json"

/** An identity provider: its keys, whether it answers, and how often it was asked. */
const provider = Effect.fnUntraced(function*(...kids: ReadonlyArray<string>) {
  const keys = yield* Effect.forEach(kids, (kid) =>
    Effect.promise(async () => {
      const { privateKey, publicKey } = await Jose.generateKeyPair("ES256")
      return { kid, privateKey, jwk: { ...(await Jose.exportJWK(publicKey)), kid, alg: "ES256" } }
    }))
  const state = { published: kids.slice(0, 1), answer: "keys" as "keys" | "error" | "nonsense" | "silence", asked: 0 }
  const http = HttpClient.make((request) => {
    state.asked++
    const body = state.answer === "nonsense"
      ? "<html>"
      : JSON.stringify({ keys: keys.filter(({ kid }) => state.published.includes(kid)).map(({ jwk }) => jwk) })
    const response = new Response(body, { status: state.answer === "error" ? 500 : 200 })
    return state.answer === "silence"
      ? Effect.never
      : Effect.delay(Effect.succeed(HttpClientResponse.fromWeb(request, response)), "10 millis")
  })
  /** A token that is good for days. */
  const token = (kid: string) => {
    const { privateKey } = keys.find((key) => key.kid === kid)!
    return sign({ ...claims, exp: now + 1e6 }, privateKey, { alg: "ES256", kid })
  }
  const layer = principals(JwtKeys.remote(url, { algorithms: ["ES256"] })).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
  )
  return { state, token, layer }
})

/** What becomes of a token while the time goes on; the tag when it can't be told. */
const told = Effect.fnUntraced(function*(token: string, millis = 20) {
  const asking = yield* Effect.forkChild(Effect.catch(caller(token), ({ _tag }) => Effect.succeed(_tag)))
  // The token is looked at in promises, which the test clock knows nothing of.
  while (asking.pollUnsafe() === undefined) {
    yield* TestClock.adjust(millis)
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  }
  return yield* Fiber.join(asking)
})

const unknown = (kid: string) => `the token was signed with a key that isn't known here: '${kid}'`

describe("keys that an identity provider publishes", () => {
  it.effect("are asked for with the first token, by many at once only once, and kept for 10 minutes", () =>
    Effect.gen(function*() {
      const { layer, state, token } = yield* provider("one")
      yield* Effect.gen(function*() {
        yield* TestClock.setTime(now * 1000)
        assert.strictEqual(state.asked, 0)
        const good = yield* token("one")
        const all = yield* Effect.all(Array.from({ length: 20 }, () => told(good)), { concurrency: "unbounded" })
        assert.deepStrictEqual(all, Array.from({ length: 20 }, () => ada))
        assert.strictEqual(state.asked, 1)
        yield* TestClock.adjust("9 minutes")
        assert.deepStrictEqual(yield* told(good), ada)
        assert.strictEqual(state.asked, 1)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* told(good), ada)
        assert.strictEqual(state.asked, 2)
      }).pipe(Effect.provide(layer))
    }))

  it.effect("are known as soon as they are used, and those that are gone within 10 minutes", () =>
    Effect.gen(function*() {
      const { layer, state, token } = yield* provider("one", "two")
      yield* Effect.gen(function*() {
        yield* TestClock.setTime(now * 1000)
        const [one, two] = [yield* token("one"), yield* token("two")]
        assert.deepStrictEqual(yield* told(one), ada)
        assert.strictEqual(yield* told(two), unknown("two"))
        assert.strictEqual(yield* told(two), unknown("two"))
        assert.strictEqual(state.asked, 1, "not within 30 seconds")
        state.published = ["two"]
        assert.deepStrictEqual(yield* told(one), ada)
        yield* TestClock.adjust("30 seconds")
        assert.deepStrictEqual(yield* told(two), ada)
        assert.strictEqual(state.asked, 2)
        assert.strictEqual(yield* told(one), unknown("one"))
      }).pipe(Effect.provide(layer))
    }))

  it.effect("that nobody answers for are neither good nor bad; those that were known are used for an hour", () =>
    Effect.gen(function*() {
      const { layer, state, token } = yield* provider("one")
      yield* Effect.gen(function*() {
        yield* TestClock.setTime(now * 1000)
        const good = yield* token("one")
        for (const answer of ["error", "nonsense", "silence"] as const) {
          state.answer = answer
          assert.strictEqual(yield* told(good, 1000), "CredentialsUnchecked", answer)
          yield* TestClock.adjust("1 second")
        }
        assert.strictEqual(state.asked, 3)
        state.answer = "keys"
        assert.deepStrictEqual(yield* told(good), ada)
        state.answer = "error"
        yield* TestClock.adjust("59 minutes")
        assert.deepStrictEqual(yield* told(good), ada)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* told(good), "CredentialsUnchecked")
        state.answer = "keys"
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* told(good), ada)
      }).pipe(Effect.provide(layer))
    }))

  it.effect("come by https, or from this machine", () =>
    Effect.gen(function*() {
      const opened = (url: string) => JwtKeys.remote(url, { algorithms: ["ES256"] }).open
      for (const url of ["http://login.example/jwks.json", "ftp://127.0.0.1/jwks.json", "login.example", ""]) {
        const refused = yield* Effect.flip(opened(url))
        assert.include(refused.message, `'${url}' is no https URL`)
      }
      for (const url of ["http://127.0.0.1:8080/jwks.json", "http://[::1]/jwks.json", "https://login.example/"]) {
        yield* opened(url)
      }
    }).pipe(Effect.provide(Layer.succeed(HttpClient.HttpClient, HttpClient.make(() => Effect.die("not asked"))))))
})
