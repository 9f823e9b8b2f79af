/**
 * Given/when/then for behaviours, without a platform and without a test framework: every specification is an Effect that
 * succeeds, or fails with a `SpecFailure` whose message says what differs.
 *
 * Commands run through the real command pipeline against a store that holds the given events: events are encoded and
 * decoded by their definitions, access rules are checked, and what `decide` needs stands in `R` for the test to provide.
 * Projections run through the real reaction pipeline, once for every way in which a platform may deliver the events.
 */
import type { AccessDenied } from "@reventless/core/Access"
import type { PublishCommand } from "@reventless/core/Action"
import type * as Aggregate from "@reventless/core/Aggregate"
import type * as AutomationSlice from "@reventless/core/AutomationSlice"
import {
  addressName,
  type AnyTarget,
  type CommandBus,
  type InvalidCommand,
  type PayloadOf
} from "@reventless/core/CommandBus"
import type * as Event from "@reventless/core/Event"
import type * as EventMapping from "@reventless/core/EventMapping"
import type * as Extension from "@reventless/core/Extension"
import type * as ExtensionPointMapping from "@reventless/core/ExtensionPointMapping"
import type * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import type { ObjectStore } from "@reventless/core/ObjectStore"
import type * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import type * as Principal from "@reventless/core/Principal"
import type { QueryEngine } from "@reventless/core/QueryEngine"
import type * as ReadModel from "@reventless/core/ReadModel"
import type { Scheduler } from "@reventless/core/Scheduler"
import type * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import type * as Task from "@reventless/core/Task"
import type * as View from "@reventless/core/View"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { assertError, assertEvents, type ExpectedError } from "./internal/assertCommand.ts"
import { assertRow, assertRows } from "./internal/assertRows.ts"
import { assertUpcast } from "./internal/assertUpcast.ts"
import type { Tagged } from "./internal/eventDifference.ts"
import * as InboundSpec from "./internal/inboundSpec.ts"
import type { Row } from "./internal/rowDifference.ts"
import type { CommandBehavior } from "./internal/runCommand.ts"
import * as TalkSpec from "./internal/talkSpec.ts"
import * as TaskSpec from "./internal/taskSpec.ts"
import * as TodoSpec from "./internal/todoSpec.ts"
import { withCallerStack } from "./internal/withCallerStack.ts"
import type { SpecFailure } from "./SpecFailure.ts"

/** What a specification does: nothing, or it fails with what differs. `R` are the services that `decide` needs. */
export type Verdict<R> = Effect.Effect<void, SpecFailure, R>

/** What a test may say about the command: on whose behalf it is sent, what the clock says, and its meta. */
export interface WhenOptions {
  /** On whose behalf it is sent; the application itself when absent. */
  readonly principal?: Principal.Principal | undefined
  /** What the clock says while it is decided: an instant, ISO text or epoch milliseconds; the test's clock when absent. */
  readonly time?: DateTime.DateTime.Input | undefined
  /** The command's message id, which its events name as their cause; a new one when absent. */
  readonly messageId?: string | undefined
  /** The conversation it belongs to; the message id when absent. */
  readonly correlationId?: string | undefined
  /** What the meta of the command and of its events carries besides. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The command was sent; now say what must have come of it. */
export interface When<Produced, ErrorSchema extends { readonly Type: unknown }, R> {
  /** It was accepted and made exactly these events, in this order. */
  readonly then: (events: ReadonlyArray<Produced>) => Verdict<R>
  /** It was accepted and made no event. */
  readonly thenNothing: Verdict<R>
  /** It failed with an error of this class, or with this error; nothing was stored. */
  readonly thenFails: (
    error:
      | ErrorSchema
      | ErrorSchema["Type"]
      | typeof AccessDenied
      | AccessDenied
      | typeof InvalidCommand
      | InvalidCommand
  ) => Verdict<R>
}

/** A slice with its history. */
export interface GivenSlice<D extends StateChangeSlice.Any, R> {
  /** Sends the slice's command. */
  readonly when: (
    command: PayloadOf<D>,
    options?: WhenOptions
  ) => When<Event.TypeOf<D["produces"][number]>, D["errors"][number], R>
}

/** An aggregate with the history of one id. */
export interface GivenAggregate<D extends Aggregate.Any, R> {
  /** Sends a command, by its address: `Category.commands.CreateCategory`. */
  readonly when: <To extends D["commands"][keyof D["commands"]]>(
    to: To,
    command: PayloadOf<To>,
    options?: WhenOptions
  ) => When<Event.TypeOf<D["events"][number]>, To["errors"][number], R>
}

/** A view with the history that it is projected from. */
export interface GivenView<Row, Id> {
  /** The view has exactly these rows, in any order. */
  readonly thenRows: (rows: ReadonlyArray<Row>) => Verdict<never>
  /** The view has this row. */
  readonly thenRow: (id: Id, row: Row) => Verdict<never>
  /** The view has no row with this key. */
  readonly thenNoRow: (id: Id) => Verdict<never>
}

/** An event as a store keeps it: the version of the definition that wrote it, and its fields as JSON, without `_tag`. */
export interface StoredEvent {
  readonly version: number
  readonly data: Schema.Json
}

/** An event was stored; now say what it is for today's definition. */
export interface Stored<Current> {
  /** Its version decodes it, and the upcast makes exactly this event. */
  readonly becomes: (event: Current) => Verdict<never>
}

/** What a task is run with: the instant, or the object; its version and size are those of the given one when absent. */
export type TaskInput<T extends Task.Trigger> = T extends Task.Schedule ? Task.Firing
  : Pick<Task.ObjectEvent, "key"> & Partial<Task.ObjectEvent>

/** A task with the objects that its program finds. */
export interface GivenTask<D extends Task.Any, R> {
  /** Runs its program once; as the first attempt when absent. */
  readonly when: (
    input: TaskInput<D["trigger"]>,
    options?: { readonly attempt?: number | undefined }
  ) => WhenTask<Exclude<R, CommandBus | ObjectStore>>
}

/** A task's program was run; now say what must have come of it. */
export interface WhenTask<R> {
  /** It succeeded and sent exactly these commands, in this order, each under a command id. */
  readonly thenSends: (commands: ReadonlyArray<PublishCommand>) => Verdict<R>
  /** It succeeded and sent no command. */
  readonly thenNothing: Verdict<R>
  /** It failed with an error of this class, or with this error. */
  readonly thenFails: (error: Schema.Codec<unknown, any> | { readonly _tag: string }) => Verdict<R>
}

/** A todo list with the events that filled it: that of an automation or of an outbound translation. */
export interface GivenTodoList<Item, R> {
  /** Exactly these items are left to be done, in this order. */
  readonly thenItems: (items: ReadonlyArray<Item>) => Verdict<never>
  /** Nothing is left to be done. */
  readonly thenNoItems: Verdict<never>
  /** Runs `process` or `translate` once for each item that is left; as its first attempt when absent. */
  readonly whenProcessed: (options?: { readonly attempt?: number | undefined }) => WhenProcessed<R>
  /** Runs `onExhausted` for each item that is left, as if its last attempt had failed for this reason. */
  readonly whenExhausted: (reason: string) => WhenProcessed<R>
}

/** Items were worked on; now say what must have come of it. */
export interface WhenProcessed<R> {
  /** They came to exactly these commands, in this order. */
  readonly thenSends: (commands: ReadonlyArray<PublishCommand>) => Verdict<R>
  /** They came to no command. */
  readonly thenNothing: Verdict<R>
  /** One failed with an error of this class, or with this error; it would be tried again. */
  readonly thenFails: (error: Schema.Codec<unknown, any> | { readonly _tag: string }) => Verdict<R>
}

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

/** An event mapping was given an event; now say what it must come to. */
export interface WhenMapped {
  /** Exactly these commands, in this order. */
  readonly thenSends: (commands: ReadonlyArray<PublishCommand>) => Verdict<never>
  /** No command. */
  readonly thenNothing: Verdict<never>
}

/** What a specification may say that a mapping or an extension knows; without `queries` it may not ask any view. */
export type TalkContext = TalkSpec.Context

/** What a platform gives to mappings and their directives. */
type PlatformServices = CommandBus | QueryEngine | Scheduler

/** A mapping of an extension point. `R` are the services that it and its directives need, without those of the platform. */
export interface GivenExtensionPoint<R> {
  /** Gives it an event of its source. */
  readonly whenEvent: (event: { readonly _tag: string }, context?: TalkContext) => WhenTalked<R>
  /** Gives it a command of the contract, by its address: `Products.commands.Restock`. */
  readonly whenCommand: <To extends AnyTarget>(
    to: To,
    command: PayloadOf<To>,
    context?: TalkContext
  ) => WhenTalked<R>
}

/** An extension. */
export interface GivenExtension<R> {
  /** Gives it an event of the contract. */
  readonly whenReceived: (event: { readonly _tag: string }, context?: TalkContext) => WhenTalked<R>
  /** Gives it an event of its own plugin. */
  readonly whenEvent: (event: { readonly _tag: string }, context?: TalkContext) => WhenTalked<R>
}

/** A mapping or an extension was given a message; now say what must come of it. */
export interface WhenTalked<R> {
  /**
   * Exactly these, in this order: events by `publishEvent`, compared as they leave, encoded by the contract; commands by
   * `publishCommand`; directives as they are made, `Announce.make({ ... })`. No directive is handled.
   */
  readonly then: (outcomes: ReadonlyArray<TalkSpec.Outcome>) => Verdict<R>
  /** Nothing. */
  readonly thenNothing: Verdict<R>
  /** It fails with an error of this class, or with this error; it would be tried again. */
  readonly thenFails: (error: Schema.Codec<unknown, any> | { readonly _tag: string }) => Verdict<R>
}

/** Any behaviour that can be specified. */
export type Behavior =
  | AutomationSlice.Behavior<string, any>
  | OutboundTranslationSlice.Behavior<string, any>
  | StateChangeSlice.Behavior<string, any>
  | Aggregate.Behavior<string, any>
  | View.Behavior<string, any>

type Definitions<D> = D extends { readonly kind: "StateChangeSlice"; readonly consumes: ReadonlyArray<infer E> } ? E
  : D extends { readonly kind: "Aggregate"; readonly events: ReadonlyArray<infer E> } ? E
  : D extends { readonly kind: "StateViewSlice"; readonly consumes: ReadonlyArray<infer E> } ? E
  : D extends {
    readonly kind: "AutomationSlice" | "OutboundTranslationSlice"
    readonly collects: ReadonlyArray<infer C>
    readonly resolves: ReadonlyArray<infer E>
  } ? C | E
  : D extends { readonly kind: "ReadModel"; readonly sources: infer S } ? ReadModel.EventsOf<S[keyof S]>
  : never

/** The events that a behaviour's state or rows are made of. */
export type EventOf<B extends Behavior> = Event.TypeOf<Definitions<B["definition"]>>

type ItemOf<F> = F extends Schema.Struct.Fields ? Schema.Struct<F>["Type"] : never

/** What can be said about a behaviour with its history. */
export type Given<B extends Behavior> = B extends StateChangeSlice.Behavior<string, infer R, infer D> ? GivenSlice<D, R>
  : B extends Aggregate.Behavior<string, infer R, infer D> ? GivenAggregate<D, R>
  : B extends AutomationSlice.Behavior<string, infer R, infer D> ? GivenTodoList<ItemOf<D["item"]>, R>
  : B extends OutboundTranslationSlice.Behavior<string, infer R, infer D> ? GivenTodoList<ItemOf<D["item"]>, R>
  : B["definition"] extends View.View<infer F, infer O, boolean> ? GivenView<View.RowOf<F>, View.RowId<F, O>>
  : never

/**
 * A behaviour with the events that happened before. Each given event must be one that the command's decision looks at;
 * one that it would never see is a failure that names the event and its tags.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId }) {}
 * class ProductExists extends Schema.TaggedError<ProductExists>()("ProductExists", { productId: ProductId }) {}
 * class AddProduct extends StateChangeSlice.make("AddProduct", {
 *   command: { productId: ProductId },
 *   consumes: [ProductAdded],
 *   produces: [ProductAdded],
 *   errors: [ProductExists]
 * }) {}
 * const AddProductLive = AddProduct.behavior({
 *   initial: false,
 *   evolve: { ProductAdded: () => true },
 *   decide: (command, exists) =>
 *     exists ? Effect.fail(new ProductExists(command)) : Effect.succeed([ProductAdded.make(command)])
 * })
 *
 * const kettle = { productId: ProductId.make("kettle") }
 *
 * const addsOnce = Spec.given(AddProductLive, []).when(kettle).then([ProductAdded.make(kettle)])
 * const refusesTwice = Spec.given(AddProductLive, [ProductAdded.make(kettle)]).when(kettle).thenFails(ProductExists)
 * ```
 */
export const given = <B extends Behavior>(behavior: B, events: ReadonlyArray<EventOf<B>>): Given<B> =>
  givenAny(behavior, events) as Given<B>

/**
 * An event as it was stored, also by an older version of its definition: to test an upcast with the JSON that is in the
 * store. It is decoded as the pipelines decode it. An event that can't be decoded is a failure that says why.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Schema from "effect/Schema"
 *
 * const MemberId = Id.make("member")
 * class MemberJoined extends Event.make("MemberJoined", { memberId: MemberId, name: Schema.String }, {
 *   version: 2,
 *   upcasts: { 1: Event.upcast({ memberId: MemberId }, ({ memberId }) => ({ memberId, name: "unknown" })) }
 * }) {}
 *
 * const upcasts = Spec.stored(MemberJoined, { version: 1, data: { memberId: "ada" } })
 *   .becomes(MemberJoined.make({ memberId: MemberId.make("ada"), name: "unknown" }))
 * ```
 */
export const stored = <D extends Event.Any>(definition: D, event: StoredEvent): Stored<Event.TypeOf<D>> => ({
  becomes: (expected: Tagged) => withCallerStack(assertUpcast(definition, event, expected))
})

/**
 * An event mapping of an aggregate.
 *
 * @example
 * ```ts
 * import { publishCommandDelayed } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as EventMapping from "@reventless/core/EventMapping"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Spec from "@reventless/testing/Spec"
 *
 * const OrderId = Id.make("order")
 * class OrderPlaced extends Event.make("OrderPlaced", { orderId: OrderId }) {}
 * class ExpireOrder extends StateChangeSlice.make("ExpireOrder", {
 *   command: { orderId: OrderId },
 *   consumes: [OrderPlaced],
 *   produces: []
 * }) {}
 * const expiry = EventMapping.make({
 *   from: [OrderPlaced],
 *   map: { OrderPlaced: ({ orderId }) => publishCommandDelayed("30 minutes", ExpireOrder, { orderId }) }
 * })
 *
 * const one = { orderId: OrderId.make("1") }
 * const expires = Spec.mapping(expiry).when(OrderPlaced.make(one))
 *   .thenSends([publishCommandDelayed("30 minutes", ExpireOrder, one)])
 * ```
 */
export const mapping = <From extends Event.Any>(
  eventMapping: EventMapping.EventMapping<From>
): { readonly when: (event: Event.TypeOf<From>) => WhenMapped } => ({
  when: (event: Tagged) => ({
    thenSends: (commands) => withCallerStack(TodoSpec.assertMaps(eventMapping, event, commands)),
    get thenNothing() {
      return withCallerStack(TodoSpec.assertMaps(eventMapping, event, []))
    }
  })
})

/**
 * A task with the objects that are there. Its program runs with a command bus that checks each command by its definition,
 * notes it and accepts it, and with an object store in memory; other services stand in `R` for the test to provide.
 *
 * @example
 * ```ts
 * import { publishCommand } from "@reventless/core/Action"
 * import { CommandBus } from "@reventless/core/CommandBus"
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import { ObjectStore } from "@reventless/core/ObjectStore"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Task from "@reventless/core/Task"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Effect from "effect/Effect"
 *
 * const ProductId = Id.make("product")
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId }) {}
 * class AddProduct extends StateChangeSlice.make("AddProduct", {
 *   command: { productId: ProductId },
 *   consumes: [ProductAdded],
 *   produces: [ProductAdded]
 * }) {}
 * class ImportProduct extends Task.make("ImportProduct", { trigger: Task.objectCreated({ prefix: "products/" }) }) {}
 * const ImportProductLive = ImportProduct.run(({ key }, { commandId }) =>
 *   Effect.gen(function*() {
 *     const productId = ProductId.make(yield* (yield* ObjectStore).text(key))
 *     yield* (yield* CommandBus).send(AddProduct, { productId }, { commandId: commandId("add") })
 *   })
 * )
 *
 * const imports = Spec.task(ImportProductLive, { "products/1": "kettle" })
 *   .when({ key: "products/1" })
 *   .thenSends([publishCommand(AddProduct, { productId: ProductId.make("kettle") })])
 * ```
 */
export const task = <R, D extends Task.Any>(
  behavior: Task.Behavior<string, R, D>,
  objects: Readonly<Record<string, string | Uint8Array>> = {}
): GivenTask<D, R> => ({
  when: (input, { attempt = 1 } = {}) => {
    const test = { behavior, objects, input, attempt }
    return {
      thenSends: (commands) => withCallerStack(TaskSpec.assertSends(test, commands)),
      get thenNothing() {
        return withCallerStack(TaskSpec.assertSends(test, []))
      },
      thenFails: (error) => withCallerStack(TaskSpec.assertFails(test, error))
    }
  }
})

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

/**
 * A mapping of an extension point.
 *
 * @example
 * ```ts
 * import { publishEvent } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
 * import * as Id from "@reventless/core/Id"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 * class ProductBecameAvailable extends Event.make("ProductBecameAvailable", { productId: ProductId }) {}
 * class Products extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [ProductBecameAvailable] }) {}
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId, cost: Schema.Int }) {}
 * const ProductsLive = Products.mapping({
 *   from: [ProductAdded],
 *   outgoing: { ProductAdded: ({ productId }) => publishEvent(ProductBecameAvailable.make({ productId })) }
 * })
 *
 * const productId = ProductId.make("kettle")
 * const publishes = Spec.extensionPoint(ProductsLive)
 *   .whenEvent(ProductAdded.make({ productId, cost: 3 }))
 *   .then([publishEvent(ProductBecameAvailable.make({ productId }))])
 * ```
 */
export const extensionPoint = <Point extends string, Targets extends string, R>(
  mapping: ExtensionPointMapping.Mapping<Point, Targets, R>
): GivenExtensionPoint<Exclude<R, PlatformServices>> => ({
  whenEvent: (event, context = {}) =>
    whenTalked(
      TalkSpec.onEvent(mapping, mapping.source?.events ?? [], mapping.outgoing, mapping.source?.key, event, context)
    ),
  whenCommand: (to, command, context = {}) => whenTalked(TalkSpec.onCommand(mapping, to, command, context))
})

/**
 * An extension.
 *
 * @example
 * ```ts
 * import { publishCommand } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Spec from "@reventless/testing/Spec"
 *
 * const ProductId = Id.make("product")
 * class ProductBecameAvailable extends Event.make("ProductBecameAvailable", { productId: ProductId }) {}
 * class Products extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [ProductBecameAvailable] }) {}
 * class OfferProduct extends StateChangeSlice.make("OfferProduct", {
 *   command: { productId: ProductId },
 *   consumes: [],
 *   produces: []
 * }) {}
 * const ProductsExtensionLive = Products.extension({
 *   incoming: { ProductBecameAvailable: ({ productId }) => publishCommand(OfferProduct, { productId }) }
 * })
 *
 * const kettle = { productId: ProductId.make("kettle") }
 * const offers = Spec.extension(ProductsExtensionLive)
 *   .whenReceived(ProductBecameAvailable.make(kettle))
 *   .then([publishCommand(OfferProduct, kettle)])
 * ```
 */
export const extension = <Point extends string, Targets extends string, R>(
  one: Extension.Extension<Point, Targets, R>
): GivenExtension<Exclude<R, PlatformServices>> => ({
  whenReceived: (event, context = {}) =>
    whenTalked(TalkSpec.onEvent(
      one,
      one.incoming === undefined ? [] : one.point.events,
      one.incoming ?? {},
      undefined,
      event,
      context
    )),
  whenEvent: (event, context = {}) =>
    whenTalked(TalkSpec.onEvent(one, one.source?.events ?? [], one.outgoing, one.source?.key, event, context))
})

const whenTalked = (test: Effect.Effect<TalkSpec.TalkCase, SpecFailure>): WhenTalked<never> => {
  const assert = (outcomes: ReadonlyArray<TalkSpec.Outcome>) =>
    Effect.flatMap(test, (found) => TalkSpec.assertOutcomes(found, outcomes))
  return {
    then: (outcomes) => withCallerStack(assert(outcomes)),
    get thenNothing() {
      return withCallerStack(assert([]))
    },
    thenFails: (error) => withCallerStack(Effect.flatMap(test, (found) => TalkSpec.assertFails(found, error)))
  }
}

const givenAny = (behavior: Behavior, events: ReadonlyArray<Tagged>) => {
  switch (behavior.kind) {
    case "StateChangeSliceBehavior":
      return {
        when: (command: unknown, options?: WhenOptions) => when(behavior, events, behavior.definition, command, options)
      }
    case "AggregateBehavior":
      return {
        when: (to: AnyTarget, command: unknown, options?: WhenOptions) => when(behavior, events, to, command, options)
      }
    case "AutomationSliceBehavior":
    case "OutboundTranslationSliceBehavior": {
      const test = { behavior, given: events }
      return {
        thenItems: (items: ReadonlyArray<unknown>) => withCallerStack(TodoSpec.assertItems(test, items)),
        get thenNoItems() {
          return withCallerStack(TodoSpec.assertItems(test, []))
        },
        whenProcessed: ({ attempt = 1 } = {}) => whenWorked(test, { attempt }),
        whenExhausted: (reason: string) => whenWorked(test, { reason })
      }
    }
    default:
      return {
        thenRows: (rows: ReadonlyArray<Row>) => withCallerStack(assertRows(behavior, events, rows)),
        thenRow: (id: unknown, row: Row) => withCallerStack(assertRow(behavior, events, id, row)),
        thenNoRow: (id: unknown) => withCallerStack(assertRow(behavior, events, id, undefined))
      }
  }
}

const whenWorked = (test: TodoSpec.ListCase, step: TodoSpec.Step): WhenProcessed<never> => ({
  thenSends: (commands) => withCallerStack(TodoSpec.assertSends(test, step, commands)),
  get thenNothing() {
    return withCallerStack(TodoSpec.assertSends(test, step, []))
  },
  thenFails: (error) => withCallerStack(TodoSpec.assertFails(test, step, error))
})

const when = (
  behavior: CommandBehavior<unknown>,
  given: ReadonlyArray<Tagged>,
  to: AnyTarget,
  payload: unknown,
  options: WhenOptions = {}
) => {
  const test = { component: addressName(to["~address"]), behavior, given, to, payload, options }
  return {
    then: (expected: ReadonlyArray<Tagged>) => withCallerStack(assertEvents(test, expected)),
    get thenNothing() {
      return withCallerStack(assertEvents(test, []))
    },
    thenFails: (expected: ExpectedError) => withCallerStack(assertError(test, expected))
  }
}
