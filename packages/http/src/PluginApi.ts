/**
 * What a plugin shows to the outside: the definitions of its commands and views. The server makes its routes of it and
 * the client its requests, so a client needs the definitions only, not the plugin with its behaviours.
 */
import type * as Aggregate from "@reventless/core/Aggregate"
import type * as CommandBus from "@reventless/core/CommandBus"
import type * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import type { Plugin } from "@reventless/core/Plugin"
import type * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import type * as View from "@reventless/core/View"

/** The definitions that a plugin shows. */
export interface PluginApi {
  /** The name of the plugin; it begins the paths and the targets. */
  readonly plugin: string
  readonly version: string | undefined
  readonly commands: ReadonlyArray<CommandBus.Address>
  readonly views: ReadonlyArray<View.Any>
  /** What takes webhooks. */
  readonly inbound: ReadonlyArray<InboundTranslationSlice.Any>
}

/** What {@link make} takes. */
export interface Options {
  readonly version?: string
  /** Slices, and aggregates with all their commands. */
  readonly commands?: ReadonlyArray<StateChangeSlice.Any | Aggregate.Any>
  readonly views?: ReadonlyArray<View.Any>
  readonly inbound?: ReadonlyArray<InboundTranslationSlice.Any>
}

const addresses = (definition: StateChangeSlice.Any | Aggregate.Any): ReadonlyArray<CommandBus.Address> =>
  definition.kind === "Aggregate"
    ? Object.values(definition.commands).map((target) => target["~address"])
    : [definition["~address"]]

/**
 * The definitions of a plugin that runs elsewhere.
 *
 * @example
 * ```ts
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as PluginApi from "@reventless/http/PluginApi"
 *
 * const NoteId = Id.make("note")
 * class TakeNote extends StateChangeSlice.make("TakeNote", { command: { noteId: NoteId }, consumes: [], produces: [] }) {}
 *
 * const Notes = PluginApi.make("Notes", { commands: [TakeNote] })
 * ```
 */
export const make = (plugin: string, options: Options): PluginApi => ({
  plugin,
  version: options.version,
  commands: (options.commands ?? []).flatMap(addresses),
  views: options.views ?? [],
  inbound: options.inbound ?? []
})

/** The definitions of a plugin value. */
export const fromPlugin = (plugin: Plugin<string, any>): PluginApi =>
  make(plugin.name, {
    version: plugin.version,
    commands: [...plugin.aggregates, ...plugin.stateChangeSlices].map(({ definition }) => definition),
    views: plugin.views.map(({ definition }) => definition),
    inbound: plugin.inboundTranslations.map(({ definition }) => definition)
  })
