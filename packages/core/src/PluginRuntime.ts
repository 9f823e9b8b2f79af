/**
 * A plugin on a platform: its pipelines over its stores. It drives nothing by itself; an embedded platform feeds it with
 * fibers, a function with batches, a test by hand.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Access from "./Access.ts"
import * as CommandPipeline from "./CommandPipeline.ts"
import type { EventStoreError, EventStoreShape } from "./EventStore.ts"
import { EventStores } from "./EventStores.ts"
import * as CommandHandler from "./internal/commands/commandHandler.ts"
import * as EventShape from "./internal/definitions/eventShape.ts"
import type { Plugin } from "./Plugin.ts"
import { SnapshotStores } from "./SnapshotStore.ts"
import { type ViewStoreError, ViewStores, type ViewStoreShape } from "./ViewStore.ts"
import { type WorkStoreError, WorkStores, type WorkStoreShape } from "./WorkStore.ts"

/** A plugin on a platform. */
export interface PluginRuntime {
  readonly plugin: Plugin<string, unknown>
  readonly events: EventStoreShape
  readonly rows: ViewStoreShape
  /** A handler for each command of the plugin. */
  readonly handlers: ReadonlyArray<CommandHandler.CommandHandler>
  /** Decides commands and stores their events. */
  readonly handle: CommandPipeline.CommandPipeline["handle"]
  /** Why its sender may not send a command. */
  readonly denied: CommandPipeline.CommandPipeline["denied"]
  /** Where the plugin's work waits that is done later. */
  readonly work: WorkStoreShape
  /** The services of its behaviours. */
  readonly services: Context.Context<never>
}

/** Options of a runtime. */
export interface Options {
  /** The rule of commands that have none. */
  readonly defaultAccess: Access.Access
}

/** Puts a plugin on the platform whose stores are at hand. Captures the services that its behaviours need. */
export const make = <Name extends string, R>(
  plugin: Plugin<Name, R>,
  options: Options
): Effect.Effect<
  PluginRuntime,
  EventStoreError | ViewStoreError | WorkStoreError,
  EventStores | ViewStores | SnapshotStores | WorkStores | Scope.Scope | R
> =>
  Effect.gen(function*() {
    const context = yield* Effect.context<R>()
    const { store: events } = yield* (yield* EventStores).of({
      name: plugin.name,
      plan: plugin.plan,
      shapes: [...plugin.events.values()].map(EventShape.make)
    })
    const rows = yield* (yield* ViewStores).of(plugin.name)
    const snapshots = yield* (yield* SnapshotStores).of(plugin.name)
    const services = context as typeof context & Parameters<typeof CommandHandler.fromSlice>[2]
    const work = yield* (yield* WorkStores).of(plugin.name)
    const { denied, handle } = CommandPipeline.make({ store: events, snapshots, defaultAccess: options.defaultAccess })
    return {
      plugin,
      events,
      rows,
      handle,
      denied,
      work,
      services,
      handlers: [
        ...plugin.aggregates.flatMap((behavior) => CommandHandler.fromAggregate(plugin.name, behavior, services)),
        ...plugin.stateChangeSlices.map((behavior) => CommandHandler.fromSlice(plugin.name, behavior, services))
      ]
    }
  })
