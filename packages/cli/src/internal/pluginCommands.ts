import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Output from "./output.ts"
import * as Server from "./server.ts"

type Plugin = typeof OperationsApi.Plugin.Type
type Connection = typeof OperationsApi.Connections.Type["connections"][number]

/** A version with its plugin: what people read is a line for each. */
interface Line {
  readonly plugin: Plugin
  readonly version: Plugin["versions"][number]
}

/** When a version was heard of last, whichever process runs it. */
const heardOf = ({ instances }: Line["version"], now: number): string => {
  const heard = instances.flatMap((one) => one.heard ?? [])
  return heard.length === 0 ? "" : `${Output.duration(Math.max(0, now - Math.max(...heard)))} ago`
}

const lines = (now: number): Output.ListOptions<Line> => ({
  head: ["PLUGIN", "VERSION", "STATUS", "SINCE (UTC)", "RUN BY", "HEARD OF", "CURRENT", "BY", "WHY"],
  row: ({ plugin, version }) => [
    plugin.plugin,
    version.version,
    version.status,
    Output.instant(version.since),
    String(version.instances.length),
    heardOf(version, now),
    plugin.current === version.version ? "current" : "",
    version.by ?? "",
    version.why ?? ""
  ],
  none: "No plugin has ever connected."
})

/** `reventless plugins activate <plugin> <version> --why`, and what else a person does to a version. */
const act = (name: string, description: string, said: (plugin: string, version: string, now: string) => string) =>
  Command.make(
    name,
    {
      plugin: Argument.String("plugin").pipe(Argument.withDescription("The name of the plugin: Catalog")),
      version: Argument.String("version").pipe(Argument.withDescription("Its version: 1.1.0")),
      why: Flag.String("why").pipe(
        Flag.withDescription("Why, for whoever reads the record (required)"),
        Flag.withSchema(OperationsApi.PluginBody.fields.why as Schema.Codec<string>)
      )
    },
    Effect.fnUntraced(function*({ plugin, version, why }) {
      const path = `${Server.path`/ops/plugins/${plugin}/${version}`}/${name}`
      const after = yield* Server.post(path, OperationsApi.Plugin, { why })
      const now = after.current === undefined ? "no version is current now" : `${after.current} is current`
      yield* Output.say(said(plugin, version, now), after)
    })
  ).pipe(Command.withDescription(description))

/** `reventless plugins` */
export const plugins = Command.make(
  "plugins",
  {},
  Effect.fnUntraced(function*() {
    const { plugins } = yield* Server.get("/ops/plugins", OperationsApi.Plugins)
    if (!(yield* Output.isForPeople)) return yield* Output.jsonLines(plugins)
    const shown = plugins.flatMap((plugin) => plugin.versions.map((version) => ({ plugin, version })))
    yield* Output.list(shown, lines(yield* Clock.currentTimeMillis))
  })
).pipe(
  Command.withDescription("The plugins that ever connected: their versions, which is current, and how each is"),
  Command.withSubcommands([
    act(
      "activate",
      "Lets a version work again that is inactive",
      (plugin, version, now) => `${plugin} ${version} may work again; ${now}.`
    ),
    act(
      "deactivate",
      "Takes a version out of use until it is activated; the next lower one that is connected becomes current",
      (plugin, version, now) => `${plugin} ${version} is inactive; ${now}.`
    ),
    act(
      "retire",
      "Takes a version out of use for good: it can't connect any more",
      (plugin, version, now) => `${plugin} ${version} is retired for good; ${now}.`
    )
  ])
)

/** Which version of the contract an extension was made for. */
const contract = ({ commands, events }: Connection): string =>
  commands === events ? events : `commands ${commands}, events ${events}`

/** Each version stands beside what it is of. */
const connectionList: Output.ListOptions<Connection> = {
  head: ["PLUGIN", "EXTENSION POINT", "MADE FOR CONTRACT", "STATUS", "PROVIDER", "WHY"],
  row: (one) => [
    `${one.plugin} ${one.version}`,
    one.extensionPoint,
    contract(one),
    one.status,
    one.provider === undefined ? "" : `${one.extensionPoint.split(".")[0]} ${one.provider}`,
    one.reason ?? ""
  ],
  none: "No plugin follows an extension point."
}

/** `reventless connections` */
export const connections = Command.make(
  "connections",
  {},
  Effect.fnUntraced(function*() {
    const found = yield* Server.get("/ops/connections", OperationsApi.Connections)
    yield* Output.list(found.connections, connectionList)
  })
).pipe(Command.withDescription("How every extension stands with its extension point, and why it isn't connected"))
