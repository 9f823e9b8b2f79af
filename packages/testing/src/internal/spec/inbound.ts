import type * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import type * as Schema from "effect/Schema"
import * as InboundSpec from "../inboundSpec.ts"
import { withCallerStack } from "../withCallerStack.ts"
import type { WhenProcessed } from "./todoList.ts"
import type { Verdict } from "./verdict.ts"

/** An inbound translation. */
export interface GivenInbound<R> {
  /** Translates what came in, once: the JSON that the sender sends. What its context doesn't say is made up. */
  readonly whenReceived: (
    received: Schema.Json,
    context?: Partial<InboundTranslationSlice.InboundContext>
  ) => WhenReceived<R>
}

/** Something came in; now say what must have come of it. */
export interface WhenReceived<R> extends WhenProcessed<R> {
  /** It was refused, because exactly these fields are malformed: their dotted paths. */
  readonly thenMalformed: (...paths: readonly [string, ...ReadonlyArray<string>]) => Verdict<R>
}

/**
 * An inbound translation, without signatures: what the commands are that an input means, and which input it refuses.
 *
 * @example
 * ```ts
 * import { publishCommand } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * const OrderId = Id.make("order")
 * class OrderPaid extends Event.make("OrderPaid", { orderId: OrderId }) {}
 * class PayOrder extends StateChangeSlice.make("PayOrder", {
 *   command: { orderId: OrderId },
 *   consumes: [],
 *   produces: [OrderPaid]
 * }) {}
 * class PaymentReceived extends InboundTranslationSlice.make("PaymentReceived", {
 *   input: { orderId: Schema.NonEmptyString },
 *   sends: [PayOrder]
 * }) {}
 * const PaymentReceivedLive = PaymentReceived.translation({
 *   secret: Config.Redacted("PAYMENT_WEBHOOK_SECRET"),
 *   translate: ({ orderId }) => Effect.succeed(publishCommand(PayOrder, { orderId: OrderId.make(orderId) }))
 * })
 *
 * const pays = Spec.inbound(PaymentReceivedLive)
 *   .whenReceived({ orderId: "o-1" })
 *   .thenSends([publishCommand(PayOrder, { orderId: OrderId.make("o-1") })])
 * const refuses = Spec.inbound(PaymentReceivedLive).whenReceived({ orderId: "" }).thenMalformed("orderId")
 * ```
 */
export const inbound = <R>(behavior: InboundTranslationSlice.Behavior<string, R>): GivenInbound<R> => ({
  whenReceived: (received, context = {}) => {
    const test = { behavior, received, context }
    return {
      thenSends: (commands) => withCallerStack(InboundSpec.assertSends(test, commands)),
      get thenNothing() {
        return withCallerStack(InboundSpec.assertSends(test, []))
      },
      thenFails: (error) => withCallerStack(InboundSpec.assertFails(test, error)),
      thenMalformed: (...paths) => withCallerStack(InboundSpec.assertMalformed(test, paths))
    }
  }
})
