/** The shop as the demo opens it, by a clock that may be ahead. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Shop from "../../src/Shop.ts"
import { clockAhead } from "./clockAhead.ts"

const Log = Layer.merge(
  Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
  Layer.succeed(References.MinimumLogLevel, "Error")
)

/** Runs an effect in a shop, or one plugin of it, that is open as long. */
export const open = (file: string, ahead: number, only?: Shop.PluginName) => {
  const layer = Layer.provideMerge(
    Shop.layer({ file, port: 0, version: "1.0.0" }, only),
    Layer.merge(NodeServices.layer, Log)
  )
  return <A, E>(inside: Effect.Effect<A, E, Layer.Success<typeof layer>>) =>
    Effect.scoped(Effect.provide(inside, layer)).pipe(clockAhead(ahead))
}
