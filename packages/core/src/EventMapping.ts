/**
 * Event mappings of aggregates: what an event has the platform do, at once or after a while. A mapping is a plain function
 * of the event; what it answers with is kept durably and sent under ids that follow from the event, so each command is
 * handled once.
 */
import type * as Action from "./Action.ts"
import type { AnyTarget } from "./CommandBus.ts"
import type * as Event from "./Event.ts"
import type { NoUnlisted } from "./ExtensionPointMapping.ts"
import type { NoExcess } from "./internal/commands/behavior.ts"
import { checkName, type InstanceOf } from "./internal/definitions/definition.ts"
import type { CollectContext } from "./internal/todo/todoList.ts"

export type { CollectContext } from "./internal/todo/todoList.ts"

/** The commands that each event is mapped to. */
export type Map<From extends Event.Any> = {
  readonly [K in From["tag"]]: (
    event: InstanceOf<Extract<From, { readonly tag: K }>>,
    context: CollectContext
  ) => Action.Actions<Action.PublishCommand>
}

/** A mapping of events, to be listed in the behaviour of an aggregate. */
export interface EventMapping<out From extends Event.Any = Event.Any> {
  readonly name: string | undefined
  readonly from: ReadonlyArray<From>
  /** The commands that it may send, for who draws the plugin; undefined when it doesn't say. */
  readonly sends: ReadonlyArray<AnyTarget> | undefined
  readonly map: (
    event: { readonly _tag: string },
    context: CollectContext
  ) => Action.Actions<Action.PublishCommand>
}

/**
 * Makes a mapping. A mapping that throws parks the event with the reason, for its entity alone, and must give the same
 * commands in the same order whenever it is given an event.
 *
 * `name` is part of the commands' ids; without it that is the mapping's place in the aggregate's list. Give names before
 * you reorder a list.
 *
 * Commands for one entity are sent in the order of the events of the aggregate's entity; delayed ones when they are due,
 * and hold up no others. A rejection counts as a failed attempt: after 8 the command is parked. Let the target answer with
 * no events where there is nothing to do any more.
 *
 * @example
 * ```ts
 * import { publishCommandDelayed } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as EventMapping from "@reventless/core/EventMapping"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 *
 * const OrderId = Id.make("order")
 * class OrderPlaced extends Event.make("OrderPlaced", { orderId: OrderId }) {}
 * class OrderExpired extends Event.make("OrderExpired", { orderId: OrderId }) {}
 * class ExpireOrder extends StateChangeSlice.make("ExpireOrder", {
 *   command: { orderId: OrderId },
 *   consumes: [OrderExpired],
 *   produces: [OrderExpired]
 * }) {}
 *
 * const expiry = EventMapping.make({
 *   name: "expiry",
 *   from: [OrderPlaced],
 *   map: { OrderPlaced: ({ orderId }) => publishCommandDelayed("30 minutes", ExpireOrder, { orderId }) }
 * })
 * ```
 */
export const make = <From extends Event.Any, M extends Map<From>, Sends extends AnyTarget = never>(
  options:
    & {
      readonly name?: string
      readonly from: ReadonlyArray<From>
      readonly map: M & Map<From>
      /**
       * The commands that it may send, of which the model of the application is drawn. Without it every command is allowed, and
       * the model shows none.
       */
      readonly sends?: ReadonlyArray<Sends>
    }
    & NoExcess<M, From["tag"], "events">
    & NoUnlisted<M, Sends>
): EventMapping<From> => {
  if (options.name !== undefined) checkName("an event mapping", options.name)
  const map: Readonly<Record<string, (event: any, context: CollectContext) => Action.Actions<Action.PublishCommand>>> =
    options.map
  return {
    name: options.name,
    from: options.from,
    sends: options.sends,
    map: (event, context) => map[event._tag]?.(event, context)
  }
}
