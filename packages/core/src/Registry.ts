/**
 * The registry: which plugins there are, in which versions, and which extensions are connected. Every plugin connects when
 * a platform starts it and says from time to time that it is alive, also from another process that shares the stores.
 */
import * as Schema from "effect/Schema"

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
  extensions: Schema.Array(ListenedPoint)
}).annotate({ identifier: "PluginDefinition" })

/** A plugin as it is registered. */
export type PluginDefinition = typeof PluginDefinition.Type

/** How an extension stands with its extension point. */
export type Connection =
  /** Events are delivered and commands taken; `provider` is the version that is current. */
  | { readonly _tag: "Connected"; readonly provider: PluginDefinition }
  /** Nobody provides the extension point yet. */
  | { readonly _tag: "Waiting"; readonly reason: string }
  /** The provider is there and the extension may not connect. */
  | { readonly _tag: "Refused"; readonly reason: string }
