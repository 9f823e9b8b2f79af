/**
 * The event stores of a platform, one for each plugin. Two plugins with equal event names and tags don't see each
 * other's events and don't conflict.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { EventStoreError, EventStoreShape, PositionedEventStoreShape } from "./EventStore.ts"
import type { IndexPlan } from "./IndexPlan.ts"

/** What of a plugin its store needs to know. */
export interface StoreOptions {
  /** The plugin's name; its log is called `{name}DcbEventLog`. */
  readonly name: string
  readonly plan: IndexPlan
  /**
   * The shapes in which the plugin stores its events. A store remembers them, and refuses with `EventChanged` a plugin
   * whose event has other fields under the same version. Nothing is remembered or refused when absent.
   */
  readonly shapes?: ReadonlyArray<EventShape> | undefined
}

/** The shape in which a version of an event is stored. */
export interface EventShape {
  readonly type: string
  readonly version: number
  /** Its fields as text; equal for equal fields. See `StoreRules.changedShape` for how two are compared. */
  readonly shape: string
}

/** The store of one plugin. */
export type PluginEventStore =
  /** A store with one commit order. */
  | { readonly positioned: true; readonly store: PositionedEventStoreShape }
  /** A store without one. */
  | { readonly positioned: false; readonly store: EventStoreShape }

/** Opens the event store of a plugin. Opening the same plugin twice gives the same log, each time under the plan given. */
export class EventStores extends Context.Service<EventStores, {
  readonly of: (plugin: StoreOptions) => Effect.Effect<PluginEventStore, EventStoreError, Scope.Scope>
}>()("@reventless/core/EventStores") {}

/** The name of a plugin's log. */
export const logName = (plugin: string): string => `${plugin}DcbEventLog`

/** Says that the platform's event stores have one commit order. A view that must see everything in one order needs it. */
export class TotalOrder extends Context.Service<TotalOrder, {
  readonly of: (plugin: StoreOptions) => Effect.Effect<PositionedEventStoreShape, EventStoreError, Scope.Scope>
}>()("@reventless/core/EventStores/TotalOrder") {}
