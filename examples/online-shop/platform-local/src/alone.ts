/** One plugin of the shop in a process of its own: says what it follows, and how it stands with each. */
import * as PlatformPlugin from "@reventless/core/PlatformPlugin"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { type ConnectionStatus, Registry } from "@reventless/core/Registry"
import { DevelopmentIssuer } from "@reventless/http/DevelopmentIssuer"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Shop from "./Shop.ts"

/** The ports on which the plugins listen unless another is given. */
export const defaultPort = (name: Shop.PluginName): number => 4001 + Shop.pluginNames.indexOf(name)

/** The plugin's own name: `Catalog` is called `catalog` on the command line. */
const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

const line = (file: string, { extensionPoint, provider, reason, status }: ConnectionStatus): string => {
  const [plugin = ""] = extensionPoint.split(".")
  switch (status) {
    case "connected":
      return `  follows ${extensionPoint}: connected to ${plugin} ${provider}`
    case "waiting":
      return `  follows ${extensionPoint}: waiting. ${reason}\n` +
        `    Start it beside this one: npx -y pnpm@12.21.0 demo ${plugin.toLowerCase()} --file ${file}`
    case "refused":
      return `  follows ${extensionPoint}: refused. ${reason}`
  }
}

/** Says how the plugin's extensions stand now, and again whenever one stands otherwise. */
const tellConnections = Effect.fnUntraced(function*(plugin: string, file: string) {
  const registry = yield* Registry
  const queries = yield* QueryEngine
  const told = new Map<string, string>()
  const tell = Effect.gen(function*() {
    const own = (yield* registry.connections).filter((connection) => connection.plugin === plugin)
    for (const connection of own) {
      const text = line(file, connection)
      if (told.get(connection.extensionPoint) === text) continue
      told.set(connection.extensionPoint, text)
      yield* Console.log(text)
    }
  })
  yield* tell
  yield* Console.log("Ctrl-C closes it; what it follows and what follows it goes on when it is back.")
  return yield* Stream.runForEach(queries.watch(PlatformPlugin.Plugins), () => tell)
})

/** Opens one plugin. */
export const open = (options: Shop.Options, name: Shop.PluginName) =>
  Effect.gen(function*() {
    const { url } = yield* HttpServer.HttpServer
    const issuer = yield* DevelopmentIssuer
    const { token } = yield* issuer.issue({ id: "manager", groups: ["shop-manager"] })
    const plugin = titleOf(name)
    yield* Console.log(
      `${plugin} ${options.version} of the online shop, on ${options.file}: ${url}/docs\n  manager=${token}`
    )
    yield* tellConnections(plugin, options.file)
    return yield* Effect.never
  })
