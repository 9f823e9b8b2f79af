/**
 * Automation slices: a todo list that events fill, and the commands that its items come to. An event adds items, a later
 * one closes them, and each item is worked on until its commands are accepted, however often a process is killed.
 *
 * A command's id follows from its item, so its target handles it once. An attempt fails when `process` fails, breaks or
 * takes too long, and also when a command is rejected. It is made again after a pause of random length up to 200 ms, 400
 * ms and so on up to 30 s. When the attempts are used up, `onExhausted` has its say and the item is parked with the last
 * reason, until a person has it done again; later items of its entity wait behind it.
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

/** What an automation's definition says. An attempt may take 5 minutes, unless `timeout` says something else. */
export type Options<
  F extends Fields,
  Key extends string,
  Collects extends Event.Any,
  Resolves extends Event.Any,
  Sends extends AnyTarget
> = TodoDefinition.Options<F, Key, Collects, Resolves, Sends>

/** An automation definition. */
export interface AutomationSlice<
  Name extends string,
  F extends Fields,
  Key extends string,
  Collects extends Event.Any,
  Resolves extends Event.Any,
  Sends extends AnyTarget
> extends TodoDefinition.Definition<"AutomationSlice", Name, F, Key, Collects, Resolves, Sends> {
  /**
   * The automation's behaviour. `collect` and `resolve` are plain functions of an event: one that throws parks the event
   * for its entity alone. They must give the same items, in the same order, whenever they are given an event. `process` is
   * an Effect program that may run several times for one item, and must then give the same commands in the same order:
   * one that was accepted before isn't decided again, whatever is in it.
   */
  readonly automation: <
    D extends Any,
    C extends TodoDefinition.Collect<Collects, TodoDefinition.ItemOf<F>>,
    Out extends TodoDefinition.Does,
    Exhausted extends TodoDefinition.Does = Effect.Effect<void>
  >(
    this: D,
    behavior: TodoDefinition.Author<F, Key, Collects, Resolves, Sends, C, Exhausted> & {
      /** The commands that an item comes to. It is done when all are accepted, in their order. */
      readonly process: (
        item: TodoDefinition.ItemOf<F>,
        context: ItemContext
      ) => Out & TodoDefinition.NoStores<Out, "process"> & TodoDefinition.NoUndeclared<Out, Sends, "process">
    } & NoExcess<C, Collects["tag"], "events">
  ) => Behavior<Name, ServicesOf<Out> | ServicesOf<Exhausted>, D>
}

/** An automation with its behaviour, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D extends Any = Any> extends TodoBehavior<Name, R, D> {
  readonly kind: "AutomationSliceBehavior"
}

/** Any automation definition. */
export interface Any extends TodoDefinition.Any<"AutomationSlice"> {}

/**
 * Defines an automation.
 *
 * @example
 * ```ts
 * import { publishCommand } from "@reventless/core/Action"
 * import * as AutomationSlice from "@reventless/core/AutomationSlice"
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Effect from "effect/Effect"
 *
 * const OrderId = Id.make("order")
 * class OrderPaid extends Event.make("OrderPaid", { orderId: OrderId }) {}
 * class OrderShipped extends Event.make("OrderShipped", { orderId: OrderId }) {}
 * class ShipOrder extends StateChangeSlice.make("ShipOrder", {
 *   command: { orderId: OrderId },
 *   consumes: [OrderShipped],
 *   produces: [OrderShipped]
 * }) {}
 *
 * class ShipPaidOrders extends AutomationSlice.make("ShipPaidOrders", {
 *   item: { orderId: OrderId },
 *   key: "orderId",
 *   collects: [OrderPaid],
 *   resolves: [OrderShipped],
 *   sends: [ShipOrder]
 * }) {}
 *
 * const ShipPaidOrdersLive = ShipPaidOrders.automation({
 *   collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
 *   process: ({ orderId }) => Effect.succeed(publishCommand(ShipOrder, { orderId }))
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
): AutomationSlice<Name, F, Key, Collects, Resolves, Sends> =>
  defineTodoList("AutomationSlice", name, options, "5 minutes", (behave) => ({
    automation: ({ process, ...behavior }: any) => behave({ ...behavior, work: process })
  }))
