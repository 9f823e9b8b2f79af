import * as Effect from "effect/Effect"
import type { Plugin } from "../Plugin.ts"
import type { Lifecycle } from "./platformPart.ts"

/** What is known of the plugins of one platform. */
export const make = (_plugins: ReadonlyArray<Plugin<string, unknown>>): Lifecycle => ({
  whileCurrent: (_plugin, run) => run,
  whileConnected: (_plugin, _point, run) => run,
  connection: (_plugin, point) => Effect.succeed({ _tag: "Waiting", reason: `nobody provides '${point}' yet` }),
  since: () => Effect.succeed(0)
})
