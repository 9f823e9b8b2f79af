/**
 * Outbound translation slices: a todo list that events fill, and the calls to the outside that its items come to: a mail, a
 * payment, another company's API.
 *
 * Nobody can say of a call whose answer got lost whether it was made. So it is made again, and each attempt for an item
 * has the same idempotency key, by which the other side recognises it. What isn't recognised there may happen twice, after
 * a kill or a timeout. Everything else is as with automations: attempts, `onExhausted`, parking.
 */
import type * as Effect from "effect/Effect"
import type { AnyTarget } from "./CommandBus.ts"
import type * as Event from "./Event.ts"
import type { NoExcess, ServicesOf } from "./internal/commands/behavior.ts"
import type { Fields } from "./internal/definitions/definition.ts"
import { defineTodoList } from "./internal/todo/defineTodoList.ts"
import type * as TodoDefinition from "./internal/todo/todoDefinition.ts"
import type { ItemContext, TodoBehavior } from "./internal/todo/todoList.ts"

export type { CollectContext, ExhaustedContext, ItemContext } from "./internal/todo/todoList.ts"

/** What a translation's definition says. An attempt may take 30 seconds, unless `timeout` says something else. */
export type Options<
  F extends Fields,
  Key extends string,
  Collects extends Event.Any,
  Resolves extends Event.Any,
  Sends extends AnyTarget
> = TodoDefinition.Options<F, Key, Collects, Resolves, Sends>

/** A translation definition. */
export interface OutboundTranslationSlice<
  Name extends string,
  F extends Fields,
  Key extends string,
  Collects extends Event.Any,
  Resolves extends Event.Any,
  Sends extends AnyTarget
> extends TodoDefinition.Definition<"OutboundTranslationSlice", Name, F, Key, Collects, Resolves, Sends> {
  /**
   * The translation's behaviour. `collect` and `resolve` are plain functions of an event: one that throws parks the event
   * for its entity alone. They must give the same items, in the same order, whenever they are given an event. `translate`
   * is an Effect program that may run several times for one item, with the same idempotency key each time.
   */
  readonly translation: <
    D extends Any,
    C extends TodoDefinition.Collect<Collects, TodoDefinition.ItemOf<F>>,
    Out extends TodoDefinition.Does,
    Exhausted extends TodoDefinition.Does = Effect.Effect<void>
  >(
    this: D,
    behavior: TodoDefinition.Author<F, Key, Collects, Resolves, Sends, C, Exhausted> & {
      /**
       * Tells the outside. An item is done when it succeeds and the commands that it answers with, if any, are accepted.
       * Hand the idempotency key on: a call whose answer got lost is repeated with the same one.
       */
      readonly translate: (
        item: TodoDefinition.ItemOf<F>,
        context: ItemContext
      ) => Out & TodoDefinition.NoStores<Out, "translate"> & TodoDefinition.NoUndeclared<Out, Sends, "translate">
    } & NoExcess<C, Collects["tag"], "events">
  ) => Behavior<Name, ServicesOf<Out> | ServicesOf<Exhausted>, D>
}

/** A translation with its behaviour, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D extends Any = Any> extends TodoBehavior<Name, R, D> {
  readonly kind: "OutboundTranslationSliceBehavior"
}

/** Any translation definition. */
export interface Any extends TodoDefinition.Any<"OutboundTranslationSlice"> {}

/**
 * Defines an outbound translation.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
 * import * as Context from "effect/Context"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * const OrderId = Id.make("order")
 * class OrderPlaced extends Event.make("OrderPlaced", { orderId: OrderId, email: Schema.String }) {}
 * class Mail extends Context.Service<Mail, {
 *   readonly send: (to: string, text: string, idempotencyKey: string) => Effect.Effect<void>
 * }>()("Mail") {}
 *
 * class ConfirmOrders extends OutboundTranslationSlice.make("ConfirmOrders", {
 *   item: { orderId: OrderId, email: Schema.String },
 *   key: "orderId",
 *   collects: [OrderPlaced]
 * }) {}
 *
 * const ConfirmOrdersLive = ConfirmOrders.translation({
 *   collect: { OrderPlaced: ({ email, orderId }) => ({ orderId, email }) },
 *   translate: ({ email, orderId }, { idempotencyKey }) =>
 *     Effect.flatMap(Mail, (mail) => mail.send(email, `We have your order ${orderId}.`, idempotencyKey))
 * })
 * ```
 */
export const make = <
  const Name extends string,
  const F extends Fields,
  const Key extends string,
  Collects extends Event.Any,
  Resolves extends Event.Any = never,
  Sends extends AnyTarget = never
>(
  name: Name,
  options:
    & Options<F, Key, Collects, Resolves, Sends>
    & TodoDefinition.CheckKey<NoInfer<F>, NoInfer<Key>>
): OutboundTranslationSlice<Name, F, Key, Collects, Resolves, Sends> =>
  defineTodoList("OutboundTranslationSlice", name, options, "30 seconds", (behave) => ({
    translation: ({ translate, ...behavior }: any) => behave({ ...behavior, work: translate })
  }))
