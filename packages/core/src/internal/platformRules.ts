import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as SemVer from "effect/SemVer"
import { PlatformPlugin } from "../PlatformPlugin.ts"
import type { Plugin } from "../Plugin.ts"

/** How often a plugin may say that it is alive: timers don't last longer. */
const heartbeats = { shortest: Duration.seconds(1), longest: Duration.days(1) }

/** Why these plugins can't run together, as a sentence; undefined when they can. */
export const refusal = (plugins: ReadonlyArray<Plugin<string, unknown>>): string | undefined => {
  const names = plugins.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return `it has two plugins named '${twice}'`
  if (names.includes(PlatformPlugin.name)) {
    return `no plugin may be named '${PlatformPlugin.name}': the built-in one is, which keeps the registry`
  }
  for (const { heartbeatInterval, name, version } of plugins) {
    if (Result.isFailure(SemVer.parse(version))) {
      return `the version '${version}' of plugin '${name}' is no SemVer, such as '1.0.0'`
    }
    if (!Duration.between(heartbeatInterval, { minimum: heartbeats.shortest, maximum: heartbeats.longest })) {
      return `the heartbeatInterval of plugin '${name}' is ${Duration.format(heartbeatInterval)}: make it between ` +
        `${Duration.format(heartbeats.shortest)} and ${Duration.format(heartbeats.longest)}`
    }
  }
  return undefined
}
