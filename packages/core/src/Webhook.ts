/**
 * Webhooks: how a request says who sent it, by the convention of Standard Webhooks (standardwebhooks.com). Whoever knows
 * the secret signs `{id}.{timestamp}.{body}` with HMAC-SHA256, over the bytes of the body as they are sent, and names the
 * three in headers:
 *
 * - `webhook-id`: of the delivery; the same however often it is sent
 * - `webhook-timestamp`: when this request was made, in seconds since 1970
 * - `webhook-signature`: `v1,` and the signature in base64; several with a space between them
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Utf8 from "./internal/utf8.ts"

/** A request as far as it is signed. */
export interface Delivery {
  /** Of the delivery: at most 256 visible ASCII characters, and no dot, which would leave open where the body begins. */
  readonly id: string
  /** The text of `webhook-timestamp`: seconds since 1970. */
  readonly timestamp: string
  /** The bytes of the body, as they are sent. */
  readonly body: Uint8Array
}

/** The headers of a signed request. */
export interface Headers {
  readonly "webhook-id": string
  readonly "webhook-timestamp": string
  readonly "webhook-signature": string
}

/** The secret can't be used to sign. What it is isn't told. */
export class InvalidSecret extends Schema.TaggedError<InvalidSecret>()("InvalidSecret", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The webhook secret ${this.detail}. Make one with: echo "whsec_$(openssl rand -base64 32)"`
  }
}

const prefix = "whsec_"

/** How many bytes a secret has at least. */
const minSecret = 16

/** How many signatures of a request are looked at. */
const maxSignatures = 16

/** The bytes of a secret: base64 after `whsec_`, otherwise those of the text. */
const secretBytes = (secret: string): Result.Result<Uint8Array, string> =>
  secret.startsWith(prefix)
    ? Result.mapError(Base64.decode(secret.slice(prefix.length)), () => `is not base64 after '${prefix}'`)
    : Result.succeed(Utf8.encode(secret))

const keyOf = Effect.fnUntraced(function*(secret: Redacted.Redacted<string>) {
  const bytes = secretBytes(Redacted.value(secret).trim())
  if (Result.isFailure(bytes)) return yield* new InvalidSecret({ detail: bytes.failure })
  if (bytes.success.length < minSecret) {
    return yield* new InvalidSecret({ detail: `is shorter than ${minSecret} bytes` })
  }
  return yield* Effect.orDie(Mac.key(Mac.hmacSha256, bytes.success))
})

/** HMAC on the runtime's own WebCrypto. */
const mac: Effect.Effect<Mac.Mac["Service"]> = Effect.map(
  Effect.scoped(Layer.build(Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto))),
  (built) => Context.get(built, Mac.Mac)
)

/** The bytes that are signed. */
const signed = ({ body, id, timestamp }: Delivery): Uint8Array => {
  const head = Utf8.encode(`${id}.${timestamp}.`)
  const bytes = new Uint8Array(head.length + body.length)
  bytes.set(head)
  bytes.set(body, head.length)
  return bytes
}

/** Whether a text can be the id of a delivery. */
export const isId = (id: string): boolean => /^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(id)

/** Whether a text can be the timestamp of a request: whole seconds. */
export const isTimestamp = (timestamp: string): boolean => /^(0|[1-9]\d{0,11})$/.test(timestamp)

/**
 * Checks requests by any of the secrets: during a rotation by the old one and the new one. The signatures of a request are
 * compared in constant time; at most 16 of them are looked at, and those that aren't `v1` are passed over.
 */
export const verifier = Effect.fnUntraced(function*(secrets: ReadonlyArray<Redacted.Redacted<string>>) {
  const { verify } = yield* mac
  const keys = yield* Effect.forEach(secrets, keyOf)
  return Effect.fnUntraced(function*(delivery: Delivery, signature: string) {
    if (!isId(delivery.id) || !isTimestamp(delivery.timestamp)) return false
    const content = signed(delivery)
    const tags = signature.split(" ", maxSignatures).filter((one) => one.startsWith("v1,"))
      .map((one) => Base64.decode(one.slice(3))).filter(Result.isSuccess)
    for (const tag of tags) {
      for (const key of keys) {
        if (yield* Effect.orDie(verify(key, tag.success, content))) return true
      }
    }
    return false
  })
})

/**
 * Signs a request. `timestamp` is in seconds since 1970, and now when absent; the body is a text or bytes, and has to be
 * sent exactly like that. Who rotates a secret signs with both: the values of `webhook-signature` with a space between them.
 *
 * @example
 * ```ts
 * import * as Webhook from "@reventless/core/Webhook"
 * import * as Redacted from "effect/Redacted"
 *
 * const secret = Redacted.make("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
 * const headers = Webhook.sign(secret, { id: "msg_1", body: JSON.stringify({ orderId: "o-1", amount: 1200 }) })
 * ```
 */
export const sign = Effect.fnUntraced(function*(
  secret: Redacted.Redacted<string>,
  { body, id, timestamp }: {
    readonly id: string
    readonly timestamp?: number | undefined
    readonly body: string | Uint8Array
  }
): Effect.fn.Return<Headers, InvalidSecret> {
  const seconds = String(timestamp ?? Math.floor((yield* Clock.currentTimeMillis) / 1000))
  const content = signed({ id, timestamp: seconds, body: typeof body === "string" ? Utf8.encode(body) : body })
  const key = yield* keyOf(secret)
  const tag = yield* Effect.orDie((yield* mac).sign(key, content))
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${Base64.encode(tag)}` }
})
