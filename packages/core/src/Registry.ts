/**
 * The registry: which plugins there are, in which versions, and which extensions are connected. Every plugin connects when
 * a platform starts it and says from time to time that it is alive, also from another process that shares the stores.
 *
 * Versions stand side by side. The highest that is connected, and neither inactive nor retired, is current: its extension
 * points and extensions work, those of the others rest. When it goes, the next lower one takes its place.
 *
 * A plugin is disconnected when it stops, or when nothing was heard of it for `heartbeatInterval` and half of it more, 2
 * minutes more at least. One that was taken for dead and is not connects again by itself.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SendError } from "./CommandBus.ts"
import * as Id from "./Id.ts"
import type { QueryError } from "./QueryEngine.ts"

/** Which versions of an extension point's contract a plugin provides. */
export const ProvidedPoint = Schema.Struct({
  /** `Plugin.Name`. */
  name: Schema.String,
  /** The version of its commands, SemVer. */
  commands: Schema.String,
  /** The version of its events, SemVer. */
  events: Schema.String,
  /** The older versions that are still served. */
  older: Schema.Array(Schema.Struct({ commands: Schema.String, events: Schema.String })),
  /** The plugins that may connect; every one when absent. */
  connect: Schema.optionalKey(Schema.Array(Schema.String))
}).annotate({ identifier: "ProvidedPoint" })

/** Which versions of an extension point's contract a plugin provides. */
export type ProvidedPoint = typeof ProvidedPoint.Type

/** Which version of an extension point's contract a plugin's extension was made for. */
export const ListenedPoint = Schema.Struct({
  name: Schema.String,
  commands: Schema.String,
  events: Schema.String
}).annotate({ identifier: "ListenedPoint" })

/** Which version of an extension point's contract a plugin's extension was made for. */
export type ListenedPoint = typeof ListenedPoint.Type

/** A plugin as it is registered. */
export const PluginDefinition = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  /** How often it says that it is alive, in milliseconds. */
  heartbeatInterval: Schema.Finite,
  uiBundleUrl: Schema.optionalKey(Schema.String),
  extensionPoints: Schema.Array(ProvidedPoint),
  extensions: Schema.Array(ListenedPoint),
  /** What it collects of events for these, by the names under which it is shown: `Catalog.Products.v1.events.product`. */
  lists: Schema.optionalKey(Schema.Array(Schema.String))
}).annotate({ identifier: "PluginDefinition" })

/** A plugin as it is registered. */
export type PluginDefinition = typeof PluginDefinition.Type

/** The name of a plugin, as the id that its registration has. */
export const PluginName = Id.make("plugin")

/** The name of a plugin, as the id that its registration has. */
export type PluginName = typeof PluginName.Type

/**
 * How a version of a plugin is: `unknown` when it never connected; `connected` while at least one process runs it;
 * `inactive` when a person has taken it out of use, until one activates it again; `retired` when it is so for good.
 */
export const PluginStatus = Schema.Literals(["unknown", "connected", "disconnected", "inactive", "retired"])

/** How a version of a plugin is. */
export type PluginStatus = typeof PluginStatus.Type

/** A version of a plugin. Times are milliseconds since 1970. */
export const RegisteredVersion = Schema.Struct({
  version: Schema.String,
  status: PluginStatus,
  /** Since when it has this status. */
  since: Schema.Finite,
  /** Who gave it this status, and why, when a person did. */
  by: Schema.optionalKey(Schema.String),
  why: Schema.optionalKey(Schema.String),
  /**
   * The processes that run it, since when, and when each was heard of last. `Registry.plugins` has the last, the view
   * `Plugins` has not: a heartbeat changes no row. Of a retired version it has those as well that were started since.
   */
  instances: Schema.Array(
    Schema.Struct({ id: Schema.String, since: Schema.Finite, heard: Schema.optionalKey(Schema.Finite) })
  ),
  /** As it connected last. */
  definition: PluginDefinition
}).annotate({ identifier: "RegisteredVersion" })

/** A version of a plugin. */
export type RegisteredVersion = typeof RegisteredVersion.Type

/** A plugin with its versions. Times are milliseconds since 1970. */
export const RegisteredPlugin = Schema.Struct({
  plugin: PluginName,
  /** The version that works; absent while none is connected that may. */
  current: Schema.optionalKey(Schema.String),
  /** The version that was current last. */
  last: Schema.optionalKey(Schema.String),
  /**
   * The highest first. Of those that are only disconnected the 20 highest are remembered, and the one that was current
   * last.
   */
  versions: Schema.Array(RegisteredVersion),
  /**
   * When it connected first with each of its extension points, and with those that it follows, by their names; and with each
   * of its lists.
   */
  points: Schema.Record(Schema.String, Schema.Finite)
}).annotate({ identifier: "RegisteredPlugin" })

/** A plugin with its versions. */
export type RegisteredPlugin = typeof RegisteredPlugin.Type

/** How an extension stands with its extension point, as it is listed. */
export const ConnectionStatus = Schema.Struct({
  /** The plugin that follows the extension point. */
  plugin: Schema.String,
  /** The version of that plugin: the current one, or the one that was current last. */
  version: Schema.String,
  /** `Plugin.Name`. */
  extensionPoint: Schema.String,
  /** The version of the contract's commands that the extension was made for, SemVer. */
  commands: Schema.String,
  /** The version of the contract's events that the extension was made for, SemVer. */
  events: Schema.String,
  status: Schema.Literals(["connected", "waiting", "refused"]),
  /** Why it isn't connected, and what to do. */
  reason: Schema.optionalKey(Schema.String),
  /** The version of the plugin that provides the extension point; absent when it is waiting. */
  provider: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "ConnectionStatus" })

/** How an extension stands with its extension point, as it is listed. */
export type ConnectionStatus = typeof ConnectionStatus.Type

/** How an extension stands with its extension point. */
export type Connection =
  /** Events are delivered and commands taken; `provider` is the version that is current, or was last. */
  | { readonly _tag: "Connected"; readonly provider: PluginDefinition }
  /** Nobody provides the extension point yet, or a person has taken its provider out of use. */
  | { readonly _tag: "Waiting"; readonly reason: string }
  /** The provider is there and the extension may not connect. */
  | { readonly _tag: "Refused"; readonly reason: string; readonly provider: PluginDefinition }

/** How the version of a plugin that a process runs stands among the others. */
export interface Standing {
  /**
   * `current`: it is the one that works. `resting`: a higher one is current. `inactive` and `retired`: a person has taken it
   * out of use. `disconnected`: it could not connect, or was taken for dead, and connects again by itself.
   */
  readonly status: "current" | "resting" | "inactive" | "retired" | "disconnected"
  /** The version that is current; absent while none is. */
  readonly current?: string
  /** Why it isn't the current one, and what to do. */
  readonly reason?: string
}

/** The version never connected. */
export class UnknownVersion extends Schema.TaggedError<UnknownVersion>()("UnknownVersion", {
  plugin: Schema.String,
  version: Schema.String,
  /** The versions that did, the highest first. */
  known: Schema.Array(Schema.String),
  /** The plugin that may be meant, where one is called so but for capital letters. */
  similar: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const known = this.known.length > 0
      ? `there are ${this.known.join(", ")}`
      : "and no other did"
    if (this.similar !== undefined) return `There is no plugin '${this.plugin}'; did you mean '${this.similar}'?`
    return `Version ${this.version} of plugin '${this.plugin}' never connected; ${known}.`
  }
}

/** The version is retired, which is for good. */
export class VersionRetired extends Schema.TaggedError<VersionRetired>()("VersionRetired", {
  plugin: Schema.String,
  version: Schema.String
}) {
  override get message(): string {
    return `Version ${this.version} of plugin '${this.plugin}' is retired, for good: deploy another version.`
  }
}

/**
 * The shortest pause between two heartbeats of a plugin, whatever its `heartbeatInterval`: the longer of both counts, also
 * for how long nothing may be heard of it. None by default; at most a day, since timers don't last longer. Test platforms
 * set it: days of virtual time would be thousands of heartbeats there, of a process that can't be lost.
 */
export const ShortestPause = Context.Reference<Duration.Duration>("@reventless/core/Registry/ShortestPause", {
  defaultValue: () => Duration.zero
})

/** What a person does to a version. Whoever does so and why is recorded. */
export type Act = (
  plugin: string,
  version: string,
  why: string
) => Effect.Effect<RegisteredPlugin, UnknownVersion | VersionRetired | SendError | QueryError>

/** The registry. Nobody but the application itself may use it unless the platform says who may (its `operators`). */
export class Registry extends Context.Service<Registry, {
  /** The plugins that ever connected, by name. Those of this platform have connected by then. */
  readonly plugins: Effect.Effect<ReadonlyArray<RegisteredPlugin>, QueryError>
  /** How every extension stands with its extension point, by plugin and extension point. */
  readonly connections: Effect.Effect<ReadonlyArray<ConnectionStatus>, QueryError>
  /** Lets a version work again that is inactive. Answers how the plugin is then. */
  readonly activate: Act
  /** Takes a version out of use until it is activated: the next lower one that is connected becomes current. */
  readonly deactivate: Act
  /** Takes a version out of use for good: it can't connect any more. */
  readonly retire: Act
}>()("@reventless/core/Registry") {}
