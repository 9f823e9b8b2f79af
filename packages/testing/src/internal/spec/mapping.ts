import type { PublishCommand } from "@reventless/core/Action"
import type * as Event from "@reventless/core/Event"
import type * as EventMapping from "@reventless/core/EventMapping"
import type { Tagged } from "../eventDifference.ts"
import { assertMaps } from "../todoSpec.ts"
import { withCallerStack } from "../withCallerStack.ts"
import type { Verdict } from "./verdict.ts"

/** An event mapping was given an event; now say what it must come to. */
export interface WhenMapped {
  /** Exactly these commands, in this order. */
  readonly thenSends: (commands: ReadonlyArray<PublishCommand>) => Verdict<never>
  /** No command. */
  readonly thenNothing: Verdict<never>
}

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
    thenSends: (commands) => withCallerStack(assertMaps(eventMapping, event, commands)),
    get thenNothing() {
      return withCallerStack(assertMaps(eventMapping, event, []))
    }
  })
})
