/**
 * Inbound translation slices: what comes in from outside in words that aren't ours, and the commands that it means. A
 * payment provider's webhook says "payment succeeded"; the translation says which order is paid.
 *
 * Who sends proves who they are by a signature over the body, see `Webhook`. What was accepted is stored before the sender
 * is answered, and translated from there: each delivery once, however often it is sent, and tried again when a command is
 * rejected. Every input is on record, accepted or refused and why: see `Operations.inbound`.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Access from "./Access.ts"
import * as Action from "./Action.ts"
import type { AnyTarget } from "./CommandBus.ts"
import { checkName, definitionClass, type Fields, refuse, type ValuesOf } from "./internal/definitions/definition.ts"
import type * as Message from "./Message.ts"

/** The schema of what comes in, as JSON. */
export type InputSchema = Schema.Codec<any, any>

/** Fields, or a schema for what is no struct. */
export type Input = Fields | InputSchema

/** What comes in, decoded. */
export type InputOf<I extends Input> = I extends InputSchema ? I["Type"] : I extends Fields ? ValuesOf<I>
: never

/** What a translation says beside who may send. */
interface CommonOptions<I extends Input, Sends extends AnyTarget> {
  /** The fields of what comes in, or its schema. Fields that it doesn't name are left out, and never stored. */
  readonly input: I
  /** The targets of the commands that it may mean. */
  readonly sends: ReadonlyArray<Sends>
  /** How often a delivery is tried before it waits for a person; 8 when absent. */
  readonly attempts?: number
  /** How long `translate` may take; 30 seconds when absent. One that takes longer has failed. */
  readonly timeout?: Duration.Input
  readonly description?: string
}

/** What a definition says. It is signed unless it says that it isn't, and then it says who may send. */
export type Options<I extends Input, Sends extends AnyTarget, Signed extends boolean> =
  & CommonOptions<I, Sends>
  & (Signed extends true ? {
      readonly signed?: Signed
      /** How far the time of a request may be from now, before or after; 5 minutes when absent. */
      readonly tolerance?: Duration.Input
      readonly access?: never
    }
    : {
      readonly signed: Signed
      /** Who may send what isn't signed: any rule but `owner`. */
      readonly access: Access.Access
      readonly tolerance?: never
    })

/** What a translation knows beside the input. */
export interface InboundContext {
  /** The sender's id of the delivery: `webhook-id`. */
  readonly deliveryId: string
  /** When it was accepted, in milliseconds since 1970. */
  readonly receivedAt: number
  /** 1 for the first. */
  readonly attempt: number
  /** What the commands' meta is derived from. */
  readonly meta: Message.Meta
}

/** One secret, or several of which any verifies: the old one and the new one during a rotation. */
export type Secrets = Redacted.Redacted<string> | ReadonlyArray<Redacted.Redacted<string>>

/** What a signed translation's behaviour has beside the translation. */
export interface WithSecret<E, R> {
  /**
   * Where the secret comes from, usually `Config.Redacted("...")`. It is asked for once, when the platform starts; without
   * it the platform doesn't start. `whsec_` and base64, or any text of at least 16 bytes.
   */
  readonly secret: Effect.Effect<Secrets, E, R>
}

/** A translation definition. */
export interface InboundTranslationSlice<
  Name extends string,
  Received,
  Sends extends AnyTarget,
  Signed extends boolean
> {
  new(_: never): object
  readonly kind: "InboundTranslationSlice"
  readonly tag: Name
  readonly input: InputSchema
  readonly sends: ReadonlyArray<Sends>
  readonly attempts: number
  readonly timeout: Duration.Duration
  readonly signed: Signed
  readonly tolerance: Duration.Duration
  readonly access: Access.Access | undefined
  readonly description: string | undefined
  /**
   * The translation's behaviour: the commands that an input means. `translate` is an Effect program and may run several
   * times for one delivery; its commands are handled once, as long as it gives them in the same order. When it fails, or a
   * command is rejected, the delivery is tried again later.
   */
  readonly translation: <D extends Any, E = never, R = never, SecretError = never, SecretServices = never>(
    this: D,
    behavior:
      & {
        readonly translate: (
          input: Received,
          context: InboundContext
        ) => Effect.Effect<Action.Actions<Action.ActionOf<Sends>>, E, R>
      }
      & (Signed extends true ? WithSecret<SecretError, SecretServices> : { readonly secret?: never })
  ) => Behavior<Name, R | SecretServices, D>
}

/** Any translation definition. */
export interface Any {
  readonly kind: "InboundTranslationSlice"
  readonly tag: string
  readonly input: InputSchema
  readonly sends: ReadonlyArray<AnyTarget>
  readonly attempts: number
  readonly timeout: Duration.Duration
  readonly signed: boolean
  readonly tolerance: Duration.Duration
  readonly access: Access.Access | undefined
  readonly description: string | undefined
}

/** A translation with its behaviour, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D extends Any = Any> {
  readonly kind: "InboundTranslationSliceBehavior"
  readonly name: Name
  readonly definition: D
  readonly sends: ReadonlyArray<AnyTarget>
  /** Absent when it isn't signed. */
  readonly secret: Effect.Effect<Secrets, unknown> | undefined
  readonly translate: (
    input: unknown,
    context: InboundContext
  ) => Effect.Effect<ReadonlyArray<Action.PublishCommand>, unknown>
  readonly "~R": (_: never) => R
}

/**
 * Defines a translation of what comes in. Refuses at once, with a sentence, a definition that is neither signed nor says
 * who may send.
 *
 * @example
 * ```ts
 * import { publishCommand } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * const OrderId = Id.make("order")
 * class OrderPaid extends Event.make("OrderPaid", { orderId: OrderId, amount: Schema.Int }) {}
 * class PayOrder extends StateChangeSlice.make("PayOrder", {
 *   command: { orderId: OrderId, amount: Schema.Int },
 *   consumes: [OrderPaid],
 *   produces: [OrderPaid]
 * }) {}
 *
 * class PaymentReceived extends InboundTranslationSlice.make("PaymentReceived", {
 *   input: { orderId: Schema.NonEmptyString, amount: Schema.Int },
 *   sends: [PayOrder]
 * }) {}
 *
 * const PaymentReceivedLive = PaymentReceived.translation({
 *   secret: Config.Redacted("PAYMENT_WEBHOOK_SECRET"),
 *   translate: ({ amount, orderId }) =>
 *     Effect.succeed(publishCommand(PayOrder, { orderId: OrderId.make(orderId), amount }))
 * })
 * ```
 */
export const make = <
  const Name extends string,
  const I extends Input,
  Sends extends AnyTarget = never,
  const Signed extends boolean = true
>(
  name: Name,
  options: Options<I, Sends, Signed>
): InboundTranslationSlice<Name, InputOf<I>, Sends, Signed> => {
  checkName("an inbound translation slice", name)
  const {
    access,
    attempts = 8,
    description,
    input,
    sends,
    signed = true,
    timeout = "30 seconds",
    tolerance = "5 minutes"
  } = options as
    & CommonOptions<I, Sends>
    & { readonly signed?: boolean; readonly access?: Access.Access; readonly tolerance?: Duration.Input }
  if (!signed && access === undefined) {
    refuse(`inbound translation slice '${name}' isn't signed: say who may send with 'access'`)
  }
  if (signed && access !== undefined) {
    refuse(`inbound translation slice '${name}' is signed: its secret says who may send, leave out 'access'`)
  }
  if (access?._tag === "Owner") {
    refuse(
      `inbound translation slice '${name}': its input has no owner before it is read; use another rule than 'owner'`
    )
  }
  if (!Number.isInteger(attempts) || attempts < 1) {
    refuse(`inbound translation slice '${name}': 'attempts' must be a whole number of at least 1`)
  }
  const self = definitionClass<InboundTranslationSlice<Name, InputOf<I>, Sends, Signed> & Any>({
    kind: "InboundTranslationSlice" as const,
    tag: name,
    input: Schema.isSchema(input) ? input : Schema.Struct(input as Fields),
    sends,
    attempts,
    timeout: Duration.fromInputUnsafe(timeout),
    signed,
    tolerance: Duration.fromInputUnsafe(tolerance),
    access,
    description,
    translation: (behavior: {
      readonly secret?: Effect.Effect<Secrets, unknown>
      readonly translate: (
        input: unknown,
        context: InboundContext
      ) => Effect.Effect<Action.Actions<Action.PublishCommand>, unknown>
    }): Behavior<Name, never> => ({
      kind: "InboundTranslationSliceBehavior",
      name,
      definition: self,
      sends,
      secret: behavior.secret,
      translate: (input, context) => Effect.map(behavior.translate(input, context), Action.list),
      "~R": (_) => _
    })
  })
  return self
}
