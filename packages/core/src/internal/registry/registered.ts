import * as Effect from "effect/Effect"
import * as SemVer from "effect/SemVer"
import type { Registration } from "../../PlatformPlugin.ts"
import {
  type PluginName,
  type PluginStatus,
  type RegisteredPlugin,
  type RegisteredVersion,
  UnknownVersion,
  VersionRetired
} from "../../Registry.ts"
import type { InstanceOf } from "../definitions/definition.ts"
import type { Heard } from "./heartbeats.ts"

/** What happens to a plugin. */
export type RegistryEvent = InstanceOf<(typeof Registration.events)[number]>

/** A plugin of which nothing is known. */
export const unknown: RegisteredPlugin = { plugin: "" as PluginName, versions: [], points: {} }

/** A version of a plugin, if it ever connected. */
export const versionOf = ({ versions }: RegisteredPlugin, version: string): RegisteredVersion | undefined =>
  versions.find((one) => one.version === version)

/** How a version of a plugin is. */
export const statusOf = (plugin: RegisteredPlugin, version: string): PluginStatus =>
  versionOf(plugin, version)?.status ?? "unknown"

/** A version of a plugin, by name. */
export interface Version {
  readonly plugin: string
  readonly version: string
}

/** How a version is that ever connected. */
export const known = (
  state: RegisteredPlugin,
  { plugin, version }: Version
): Effect.Effect<PluginStatus, UnknownVersion> => {
  const status = statusOf(state, version)
  return status === "unknown"
    ? Effect.fail(new UnknownVersion({ plugin, version, known: state.versions.map((one) => one.version) }))
    : Effect.succeed(status)
}

/** How a version is that may work. */
export const able = (
  state: RegisteredPlugin,
  { plugin, version }: Version
): Effect.Effect<PluginStatus, UnknownVersion | VersionRetired> =>
  Effect.flatMap(
    known(state, { plugin, version }),
    (status) => status === "retired" ? Effect.fail(new VersionRetired({ plugin, version })) : Effect.succeed(status)
  )

/** Whether a process runs a version. */
export const runs = (plugin: RegisteredPlugin | undefined, version: string, instance: string): boolean =>
  plugin !== undefined && versionOf(plugin, version)?.instances.some(({ id }) => id === instance) === true

const heardAt = (heard: number | undefined) => heard === undefined ? {} : { heard }

/** Adds when each process was heard of last, and those that run a version that may not connect. */
export const withHeard = (plugin: RegisteredPlugin, all: ReadonlyArray<Heard>): RegisteredPlugin => ({
  ...plugin,
  versions: plugin.versions.map((version) => {
    const found = all.filter((one) => one.plugin === plugin.plugin && one.version === version.version)
    const times = new Map(found.map(({ heard, instance }) => [instance, heard]))
    const known = version.instances.map((one) => ({ ...one, ...heardAt(times.get(one.id)) }))
    const stray = version.status === "retired"
      ? found.filter(({ instance }) => !version.instances.some(({ id }) => id === instance))
      : []
    return {
      ...version,
      instances: [...known, ...stray.map(({ heard, instance }) => ({ id: instance, since: heard, heard }))]
    }
  })
})

/**
 * The version that is talked about when a plugin is: the current one; while there is none, the one that was current last,
 * whatever was made of it. An older one that nobody runs takes its place only by starting.
 */
export const standing = ({ current, last, versions }: RegisteredPlugin): RegisteredVersion | undefined =>
  versions.find(({ version }) => version === (current ?? last))

const highestFirst = (a: RegisteredVersion, b: RegisteredVersion): number =>
  SemVer.Order(SemVer.parseUnsafe(b.version), SemVer.parseUnsafe(a.version))

/** What an event makes of a version. Who gave it a status, and why, is known as long as it has that status. */
const evolveVersion = (before: RegisteredVersion | undefined, event: RegistryEvent): RegisteredVersion => {
  const { time, version } = event
  const instances = before?.instances ?? []
  const definition = event._tag === "PluginConnected" ? event.definition : before!.definition
  const is = (status: PluginStatus, changes: Partial<RegisteredVersion>): RegisteredVersion => ({
    ...(before?.status === status ? before : { since: time }),
    version,
    status,
    instances,
    definition,
    ...changes
  })
  const said = "by" in event ? { by: event.by, why: event.why } : {}
  switch (event._tag) {
    case "PluginConnected":
      return is(before?.status === "inactive" ? "inactive" : "connected", {
        instances: [...instances, { id: event.instance, since: time }]
      })
    case "PluginDisconnected": {
      const left = instances.filter(({ id }) => id !== event.instance)
      const status = before!.status === "connected" && left.length === 0 ? "disconnected" : before!.status
      return is(status, { instances: left })
    }
    case "PluginActivated":
      return is(instances.length > 0 ? "connected" : "disconnected", said)
    case "PluginDeactivated":
      return is("inactive", said)
    case "PluginRetired":
      return is("retired", said)
  }
}

/** How many versions are remembered that are only disconnected: the highest. */
const remembered = 20

/** Forgets the lowest versions that nobody runs and that nobody has said anything about. */
const forgetful = (versions: ReadonlyArray<RegisteredVersion>, last: string | undefined): typeof versions => {
  const idle = versions.filter(({ status, version }) => status === "disconnected" && version !== last)
  const forgotten = new Set(idle.slice(remembered))
  return versions.filter((version) => !forgotten.has(version))
}

/** What an event makes of a plugin: for decisions and for the view alike. */
export const evolve = (plugin: RegisteredPlugin, event: RegistryEvent): RegisteredPlugin => {
  const { current: _, points, ...rest } = plugin
  const others = plugin.versions.filter(({ version }) => version !== event.version)
  const versions = [...others, evolveVersion(versionOf(plugin, event.version), event)].sort(highestFirst)
  const current = versions.find(({ status }) => status === "connected")?.version
  const { extensionPoints = [], extensions = [], lists = [] } = event._tag === "PluginConnected" ? event.definition : {}
  const named = [...[...extensionPoints, ...extensions].map(({ name }) => name), ...lists]
  return {
    ...rest,
    plugin: event.plugin,
    versions: forgetful(versions, current ?? plugin.last),
    points: { ...Object.fromEntries(named.map((name) => [name, event.time])), ...points },
    ...(current === undefined ? {} : { current, last: current })
  }
}
