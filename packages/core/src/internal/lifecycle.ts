import * as Effect from "effect/Effect"
import type { Plugin } from "../Plugin.ts"
import type { Lifecycle } from "./platformPart.ts"
import * as PluginDefinition from "./pluginDefinition.ts"

/** What is known of the plugins of one platform. */
export const make = (plugins: ReadonlyArray<Plugin<string, unknown>>): Lifecycle => {
  const definitions = plugins.map(PluginDefinition.make)
  return {
    whileCurrent: (_plugin, run) => run,
    whileConnected: (_plugin, _point, run) => run,
    connection: (_plugin, point) => {
      const provider = definitions.find(({ extensionPoints }) => extensionPoints.some(({ name }) => name === point))
      return Effect.succeed(
        provider === undefined
          ? { _tag: "Waiting", reason: `nobody provides '${point}' yet` }
          : { _tag: "Connected", provider }
      )
    },
    since: () => Effect.succeed(0)
  }
}
