import { assert, describe, it } from "@effect/vitest"
import * as Webhook from "@reventless/core/Webhook"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { createHmac } from "node:crypto"

const bytes = (text: string) => new TextEncoder().encode(text)
const encoded = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const secret = Redacted.make(`whsec_${encoded}`)

/** What node says the signature is. */
const known = (key: Uint8Array, content: string) => `v1,${createHmac("sha256", key).update(content).digest("base64")}`

const texts = ["", "{}", "{\"test\": 2432232314}", "z\u00fcrich \u{1F680}", "a.b.c", "x".repeat(100_000)]

describe("a webhook's signature", () => {
  it.effect("is the one of the Standard Webhooks example", () =>
    Effect.gen(function*() {
      const headers = yield* Webhook.sign(secret, {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: 1614265330,
        body: "{\"test\": 2432232314}"
      })
      assert.deepStrictEqual(headers, {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
      })
    }))

  it.effect("is HMAC-SHA256 of id, timestamp and body as node computes it, with either form of a secret", () =>
    Effect.gen(function*() {
      for (const body of texts) {
        const content = `msg_1.1700000000.${body}`
        for (
          const [secret, key] of [
            [`whsec_${encoded}`, Buffer.from(encoded, "base64")],
            ["a plain text of z\u00fcrich", bytes("a plain text of z\u00fcrich")]
          ] as const
        ) {
          const given = { id: "msg_1", timestamp: 1_700_000_000 }
          const signed = yield* Webhook.sign(Redacted.make(secret), { ...given, body })
          assert.strictEqual(signed["webhook-signature"], known(key, content))
          const ofBytes = yield* Webhook.sign(Redacted.make(secret), { ...given, body: bytes(body) })
          assert.deepStrictEqual(ofBytes, signed)
        }
      }
    }))

  it.effect("is made for now unless a time is given", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_700_000_000_999)
      const headers = yield* Webhook.sign(secret, { id: "m", body: "" })
      assert.strictEqual(headers["webhook-timestamp"], "1700000000")
    }))

  it.effect("is right for nothing but its id, timestamp and body", () =>
    Effect.gen(function*() {
      const verify = yield* Webhook.verifier([secret])
      const delivery = { id: "msg_1", timestamp: "1700000000", body: bytes("{\"a\":1}") }
      const signature = known(Buffer.from(encoded, "base64"), "msg_1.1700000000.{\"a\":1}")
      assert.isTrue(yield* verify(delivery, signature))
      const wrong = [
        { ...delivery, id: "msg_2" },
        { ...delivery, timestamp: "1700000001" },
        { ...delivery, timestamp: "01700000000" },
        { ...delivery, body: bytes("{\"a\":2}") },
        { ...delivery, body: bytes("{\"a\":1} ") }
      ]
      for (const one of wrong) assert.isFalse(yield* verify(one, signature))
      for (
        const other of [
          "",
          "v1,",
          "v1,?",
          signature.slice(3),
          signature.replace("v1", "v2"),
          signature.replace("v1", "v1a"),
          signature.slice(0, -5),
          `${signature}AAAA`
        ]
      ) assert.isFalse(yield* verify(delivery, other), other)
    }))

  it.effect("can't be moved between an id, a timestamp and a body by dots in them", () =>
    Effect.gen(function*() {
      const verify = yield* Webhook.verifier([secret])
      const signature = known(Buffer.from(encoded, "base64"), "msg.1700000000.1700000000.5")
      assert.isTrue(yield* verify({ id: "msg", timestamp: "1700000000", body: bytes("1700000000.5") }, signature))
      assert.isFalse(yield* verify({ id: "msg.1700000000", timestamp: "1700000000", body: bytes("5") }, signature))
    }))

  it.effect("may be one of several, up to 16, and by any of the secrets", () =>
    Effect.gen(function*() {
      const old = Redacted.make("the old secret, long enough")
      const verify = yield* Webhook.verifier([old, secret])
      const delivery = { id: "m", timestamp: "1", body: bytes("x") }
      for (const one of [old, secret]) {
        const { "webhook-signature": right } = yield* Webhook.sign(one, { id: "m", timestamp: 1, body: "x" })
        const wrong = `v1,${Buffer.alloc(32).toString("base64")}`
        assert.isTrue(yield* verify(delivery, [...Array(15).fill(wrong), right].join(" ")))
        assert.isFalse(yield* verify(delivery, [...Array(16).fill(wrong), right].join(" ")))
      }
      const { "webhook-signature": foreign } = yield* Webhook.sign(
        Redacted.make("somebody else's secret"),
        { id: "m", timestamp: 1, body: "x" }
      )
      assert.isFalse(yield* verify(delivery, foreign))
    }))

  it.effect("needs a secret of 16 bytes; what it was isn't told", () =>
    Effect.gen(function*() {
      for (const bad of ["", "whsec_", "too short", "whsec_dG9vIHNob3J0", "whsec_not base64, but long enough"]) {
        const error = yield* Effect.flip(Webhook.sign(Redacted.make(bad), { id: "m", body: "" }))
        assert.strictEqual(error._tag, "InvalidSecret")
        assert.isTrue(bad === "" || bad === "whsec_" || !error.message.includes(bad))
      }
    }))
})
