import * as Duration from "effect/Duration"
import type * as ExtensionPoint from "../../ExtensionPoint.ts"
import type { Plugin } from "../../Plugin.ts"
import type { ListenedPoint, PluginDefinition } from "../../Registry.ts"
import * as MessageLists from "../talking/messageLists.ts"

const versionsOf = ({ version: { commands, events } }: ExtensionPoint.Any): Omit<ListenedPoint, "name"> => ({
  commands,
  events
})

/** A plugin as it is registered. */
export const make = (plugin: Plugin<string, unknown>): PluginDefinition => {
  const lists = MessageLists.namesOf(plugin)
  return ({
    name: plugin.name,
    version: plugin.version,
    heartbeatInterval: Duration.toMillis(plugin.heartbeatInterval),
    ...(plugin.uiBundleUrl === undefined ? {} : { uiBundleUrl: plugin.uiBundleUrl }),
    extensionPoints: plugin.extensionPoints.map(({ older, point }) => ({
      name: point.tag,
      ...versionsOf(point),
      older: older.map(({ older }) => versionsOf(older)),
      ...(point.connect === undefined ? {} : { connect: point.connect })
    })),
    extensions: plugin.extensions.map(({ point }) => ({ name: point.tag, ...versionsOf(point) })),
    ...(lists.length === 0 ? {} : { lists })
  })
}
