/**
 * The door for what inbound translation slices take: what a transport such as HTTP hands over to the platform.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AccessDenied } from "./Access.ts"
import type { WorkStoreError } from "./WorkStore.ts"

/** A request as it came in. What a header doesn't say is undefined. */
export interface InboundRequest {
  readonly plugin: string
  /** Of the slice. */
  readonly name: string
  /** `webhook-id` */
  readonly id: string | undefined
  /** `webhook-timestamp`, in seconds since 1970 */
  readonly timestamp: string | undefined
  /** `webhook-signature` */
  readonly signature: string | undefined
  /** The bytes of the body, as they came. */
  readonly body: Uint8Array
  /** The conversation that its commands belong to; a new one when absent. */
  readonly correlationId?: string | undefined
}

/** The input was taken. */
export interface Received {
  /** `Duplicate` when the delivery was accepted before: nothing is done for it again. */
  readonly status: "Accepted" | "Duplicate"
  /** The sender's id of the delivery. One is made for unsigned inputs that have none. */
  readonly deliveryId: string
}

/** Why an input was refused. */
export const RefusalReason = Schema.Literals([
  /** A header is missing or malformed, or no signature is right. */
  "BadSignature",
  /** The signature is right; the time of the request is further from now than the definition tolerates. */
  "OutsideTolerance",
  /** The same request was accepted or refused before. */
  "Replayed",
  /** Another body was accepted under the id. */
  "IdReused",
  /** The body isn't what the definition's schema says. */
  "Malformed",
  /** It isn't signed, and its sender may not send. */
  "AccessDenied"
])

/** Why an input was refused. */
export type RefusalReason = typeof RefusalReason.Type

/** The input was refused, and nothing is done for it. */
export class InboundRefused extends Schema.TaggedError<InboundRefused>()("InboundRefused", {
  /** The slice with its plugin: `Shop.PaymentReceived`. */
  slice: Schema.String,
  reason: RefusalReason,
  detail: Schema.String,
  /** Of a malformed body: the dotted path of each field, and what it should have been. */
  issues: Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String }))
}) {
  override get message(): string {
    return `${this.slice} refused an input: ${this.detail}`
  }
}

/** No plugin of this platform has such an inbound translation slice. */
export class UnknownInbound extends Schema.TaggedError<UnknownInbound>()("UnknownInbound", {
  slice: Schema.String,
  /** Those there are. */
  known: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `No plugin of this platform has the inbound translation slice '${this.slice}'. There are: ${
      this.known.join(", ")
    }.`
  }
}

/** Takes what comes in from outside. */
export class Inbound extends Context.Service<Inbound, {
  /**
   * Checks an input and stores it; it is translated afterwards. In this order: its signature, its time, whether it came
   * before, its body. Every input leaves a record; those of senders that nobody has identified only the latest 1000.
   *
   * When it succeeds the input is on the disk. When the store failed nobody knows: the sender may send it again, under the
   * same id.
   */
  readonly receive: (
    request: InboundRequest
  ) => Effect.Effect<Received, InboundRefused | UnknownInbound | AccessDenied | WorkStoreError>
}>()("@reventless/core/Inbound") {}
