/**
 * The built-in plugin `Platform`: the registry, made of the same building blocks as every other plugin. A platform runs it
 * beside the application's plugins; its events are in a log of its own, and {@link Plugins} shows what follows from them.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Access from "./Access.ts"
import * as Aggregate from "./Aggregate.ts"
import * as Command from "./Command.ts"
import * as Event from "./Event.ts"
import type { DecideContext } from "./internal/commands/behavior.ts"
import { principalName } from "./internal/registry/principalName.ts"
import * as Registered from "./internal/registry/registered.ts"
import * as Plugin from "./Plugin.ts"
import { PluginDefinition, PluginName, RegisteredPlugin, UnknownVersion, VersionRetired } from "./Registry.ts"
import * as StateViewSliceStream from "./StateViewSliceStream.ts"

const version = { plugin: PluginName, version: Schema.String }
const instance = { ...version, instance: Schema.String }
/** In milliseconds since 1970. */
const time = Schema.Finite
const why = Schema.String
/** What a person did, and who it was. */
const said = { ...version, by: Schema.String, why, time }

/** A process began to run a version of a plugin, or is back. */
export class PluginConnected
  extends Event.make("PluginConnected", { ...instance, definition: PluginDefinition, time })
{}

/** A process stopped, or nothing was heard of it for too long. */
export class PluginDisconnected extends Event.make("PluginDisconnected", {
  ...instance,
  why: Schema.Literals(["stopped", "silent"]),
  time
}) {}

/** A person let a version work again. */
export class PluginActivated extends Event.make("PluginActivated", said) {}

/** A person took a version out of use. */
export class PluginDeactivated extends Event.make("PluginDeactivated", said) {}

/** A person took a version out of use for good. */
export class PluginRetired extends Event.make("PluginRetired", said) {}

const events = [PluginConnected, PluginDisconnected, PluginActivated, PluginDeactivated, PluginRetired]

/** What processes say of themselves is the application's own to say. */
const application: Access.Access = { _tag: "Groups", groups: [] }
const known = { errors: [UnknownVersion, VersionRetired] }

/** The registration of a plugin. Who may send what a person does are the platform's `operators`. */
export class Registration extends Aggregate.make("Registration", {
  id: PluginName,
  commands: [
    Command.make("Connect", { ...instance, definition: PluginDefinition }, {
      errors: [VersionRetired],
      access: application
    }),
    Command.make("Disconnect", { ...instance, why: PluginDisconnected.fields.why }, { access: application }),
    Command.make("Activate", { ...version, why }, known),
    Command.make("Deactivate", { ...version, why }, known),
    Command.make("Retire", { ...version, why }, known)
  ],
  events
}) {}

/** The plugins, each with its versions. */
export class Plugins extends StateViewSliceStream.make("Plugins", {
  row: RegisteredPlugin.fields,
  key: "plugin",
  consumes: events,
  description: "Every plugin that ever connected, with its versions and the processes that run them."
}) {}

/** What a person does, with who it is. */
const by = <C>(command: C, { meta, principal }: DecideContext) => ({
  ...command,
  by: principalName(principal),
  time: meta.time
})

/** The registration's behaviour: what is so already makes no event, so that a heartbeat leaves nothing in the log. */
const RegistrationLive = Registration.behavior({
  initial: Registered.unknown,
  evolve: {
    PluginConnected: Registered.evolve,
    PluginDisconnected: Registered.evolve,
    PluginActivated: Registered.evolve,
    PluginDeactivated: Registered.evolve,
    PluginRetired: Registered.evolve
  },
  decide: {
    Connect: (command, state, { meta }) => {
      const { instance, plugin, version } = command
      return Registered.statusOf(state, version) === "retired"
        ? Effect.fail(new VersionRetired({ plugin, version }))
        : Effect.succeed(
          Registered.runs(state, version, instance) ? [] : [PluginConnected.make({ ...command, time: meta.time })]
        )
    },
    Disconnect: (command, state, { meta }) =>
      Effect.succeed(
        Registered.runs(state, command.version, command.instance)
          ? [PluginDisconnected.make({ ...command, time: meta.time })]
          : []
      ),
    Activate: (command, state, context) =>
      Effect.map(
        Registered.able(state, command),
        (status) => status === "inactive" ? [PluginActivated.make(by(command, context))] : []
      ),
    Deactivate: (command, state, context) =>
      Effect.map(
        Registered.able(state, command),
        (status) => status === "inactive" ? [] : [PluginDeactivated.make(by(command, context))]
      ),
    Retire: (command, state, context) =>
      Effect.map(
        Registered.known(state, command),
        (status) => status === "retired" ? [] : [PluginRetired.make(by(command, context))]
      )
  },
  snapshots: { every: 100, version: 2, state: RegisteredPlugin }
})

const PluginsLive = Plugins.projection((rows) => {
  const set = (event: Registered.RegistryEvent) =>
    rows.update(event.plugin, (row) => Registered.evolve(row, event), { initial: Registered.unknown })
  return {
    PluginConnected: set,
    PluginDisconnected: set,
    PluginActivated: set,
    PluginDeactivated: set,
    PluginRetired: set
  }
})

/** The built-in plugin. Its name is taken: no other plugin can have it. */
export const PlatformPlugin = Plugin.make("Platform", {
  version: "1.0.0",
  aggregates: [RegistrationLive],
  stateViewSlices: [PluginsLive]
})
