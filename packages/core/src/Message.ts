/**
 * Messages and their meta. Every hop derives its meta from its cause: the correlation stays, the causation is the
 * parent's id and the trace continues.
 *
 * A root message has a UUIDv7. A derived one (an event of a command, a mapping's command, a schedule's firing) has a
 * name-based UUID (RFC 9562, version 3) of its cause and its place, so whoever receives it twice recognises it.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { md5 } from "./internal/md5.ts"
import * as Principal from "./Principal.ts"

/** What is known about a message beside its content. */
export interface Meta {
  readonly messageId: string
  /** The id of the first message of the whole conversation. */
  readonly correlationId: string
  /** The id of the message that caused this one; absent on a root. */
  readonly causationId?: string
  /** When the message was made, in milliseconds since 1970. */
  readonly time: number
  /** Who made the event, or whom the command addresses: `Plugin.Component`. */
  readonly service: string
  readonly principal?: Principal.Principal
  /** The W3C trace context of the span that made the message. */
  readonly traceparent?: string
  /** The version of the definition that the content is encoded by. */
  readonly schemaVersion: number
  /** On messages between plugins: the contract that the content is encoded by, with its version, `Catalog.Products 1.2.0`. */
  readonly contract?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The schema of meta in stored and transported messages. */
export const Meta: Schema.Codec<Meta> = Schema.Struct({
  messageId: Schema.String,
  correlationId: Schema.String,
  causationId: Schema.optionalKey(Schema.String),
  time: Schema.Finite,
  service: Schema.String,
  principal: Schema.optionalKey(Principal.Principal),
  traceparent: Schema.optionalKey(Schema.String),
  schemaVersion: Schema.Int,
  contract: Schema.optionalKey(Schema.String),
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
}).annotate({ identifier: "Meta" })

/** Secure random bytes, drawn in blocks: a draw costs much the same for one id as for many. */
const randomBlocks = (): (size: number) => Uint8Array => {
  let block: Uint8Array = new Uint8Array()
  let used = 0
  return (size) => {
    if (used + size > block.length) {
      block = SecureRandom.randomBytesUnsafe(Math.max(size, 4096))
      used = 0
    }
    used += size
    return block.slice(used - size, used)
  }
}

/** Makes the ids of root messages: UUIDv7 from the clock, in increasing order. Tests may give their own. */
export const RootIds = Context.Reference<Effect.Effect<string>>("@reventless/core/Message/RootIds", {
  defaultValue: () => SecureRandom.make(randomBlocks()).uuidV7()
})

/** A new root message id. */
export const rootId: Effect.Effect<string> = Effect.flatMap(RootIds, (next) => next)

/**
 * The id of a derived message: equal for an equal cause, component, target and index.
 *
 * Computed by version 3 of RFC 9562's name-based UUIDs (MD5). It names a message, it doesn't protect one.
 */
export const deriveId = (cause: string, component: string, target: string, index: number): string => {
  const bytes = md5(JSON.stringify(["reventless", cause, component, target, index]))
  bytes[6] = (bytes[6]! & 0x0f) | 0x30
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Hex.encode(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** What the author of a root message may say about it. */
export interface RootOptions {
  readonly messageId?: string | undefined
  readonly correlationId?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The W3C trace context of a span. */
export const traceparent = ({ sampled, spanId, traceId }: Tracer.AnySpan): string =>
  `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`

/** The W3C trace context of the current span, if there is one. */
export const currentTraceparent: Effect.Effect<string | undefined> = Effect.map(
  Effect.serviceOption(Tracer.ParentSpan),
  (span) => span._tag === "None" ? undefined : traceparent(span.value)
)

/** The parent span that a `traceparent` names, to continue its trace. Undefined when it isn't one. */
export const parentSpan = (traceparent: string | undefined): Tracer.ExternalSpan | undefined => {
  const match = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(traceparent ?? "")
  return match === null
    ? undefined
    : Tracer.externalSpan({ traceId: match[1]!, spanId: match[2]!, sampled: (parseInt(match[3]!, 16) & 1) === 1 })
}

/** Runs an effect in the trace that a `traceparent` names; in its own when it isn't one. */
export const continueTrace = <A, E, R>(
  traceparent: string | undefined,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  const parent = parentSpan(traceparent)
  return parent === undefined ? effect : Effect.withParentSpan(effect, parent) as Effect.Effect<A, E, R>
}

/** The meta of a root message: its own correlation, no causation, the principal and trace of the running fiber. */
export const root = Effect.fnUntraced(function*(service: string, schemaVersion: number, options?: RootOptions) {
  const messageId = options?.messageId ?? (yield* rootId)
  const traceparent = yield* currentTraceparent
  const meta: Meta = {
    messageId,
    correlationId: options?.correlationId ?? messageId,
    time: yield* Clock.currentTimeMillis,
    service,
    principal: yield* Principal.CurrentPrincipal,
    schemaVersion,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(options?.headers === undefined ? {} : { headers: options.headers })
  }
  return meta
})

/** The meta of the `index`-th message that `component` makes for `target` because of `cause`. */
export const derive = (cause: Meta, options: {
  readonly component: string
  readonly target: string
  readonly index: number
  readonly time: number
  /** Who makes the event, or whom the command addresses. */
  readonly service: string
  readonly schemaVersion: number
  readonly traceparent?: string | undefined
}): Meta => {
  const traceparent = options.traceparent ?? cause.traceparent
  return {
    messageId: deriveId(cause.messageId, options.component, options.target, options.index),
    correlationId: cause.correlationId,
    causationId: cause.messageId,
    time: options.time,
    service: options.service,
    schemaVersion: options.schemaVersion,
    ...(cause.principal === undefined ? {} : { principal: cause.principal }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(cause.headers === undefined ? {} : { headers: cause.headers })
  }
}
