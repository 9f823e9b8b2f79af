import * as Mermaid from "@reventless/core/Mermaid"
import * as Model from "@reventless/core/Model"
import type { Plugin } from "@reventless/core/Plugin"
import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isPlugin } from "./exportedPlugins.ts"
import { refused } from "./failure.ts"
import * as Modules from "./modules.ts"
import * as Server from "./server.ts"

const diagrams = ["eventmodel", "map"] as const
type Diagram = typeof diagrams[number]

/** The plugins that modules export, by themselves or in lists; each once, in the order in which they are found. */
const pluginsOf = Effect.fnUntraced(function*(modules: ReadonlyArray<string>) {
  const values = (yield* Effect.forEach(modules, Modules.load)).flat()
  const plugins = [...new Set(values.flatMap((value) => Array.isArray(value) ? value : [value]).filter(isPlugin))]
  if (plugins.length === 0) return yield* refused(`No plugin is exported by ${modules.join(", ")}.`)
  const twice = plugins.find(({ name }, index) => plugins.findIndex((other) => other.name === name) !== index)
  return twice === undefined ? plugins : yield* refused(`Two plugins named '${twice.name}' are exported.`)
})

const fenced = (picture: string): string => `\`\`\`mermaid\n${picture}\`\`\``

/** The commands of aggregates, which a picture has no room for. */
const addresses = ({ aggregates }: Model.ModelPlugin): ReadonlyArray<string> =>
  aggregates.map(({ commands, name }) => {
    const names = commands.map((command) => `\`${command.name.slice(name.length + 1)}\``)
    return `\`${name}\` takes ${names.join(", ")}.`
  })

/** Pictures for a page: in blocks that Markdown shows, those of a plugin below its name. */
const asMarkdown = (model: Model.Model, diagram: Diagram): ReadonlyArray<string> =>
  diagram === "map" ? [fenced(Mermaid.pluginMap(model))] : model.plugins.flatMap((plugin) => [
    `### ${plugin.name}`,
    ...addresses(plugin),
    ...Mermaid.eventModel(plugin).map(fenced)
  ])

const textOf = (
  model: Model.Model,
  format: "mermaid" | "markdown" | "json",
  diagram: Diagram
): string => {
  switch (format) {
    case "json":
      return JSON.stringify(model, null, 2)
    case "markdown":
      return asMarkdown(model, diagram).join("\n\n")
    case "mermaid":
      return (diagram === "map" ? Mermaid.pluginMap(model) : Mermaid.eventModels(model)).trimEnd()
  }
}

/** The plugins of these names, or all. */
const only = (plugins: ReadonlyArray<Plugin<string, unknown>>, names: ReadonlyArray<string>) => {
  const unknown = names.find((name) => !plugins.some((plugin) => plugin.name === name))
  return unknown === undefined
    ? Effect.succeed(names.length === 0 ? plugins : plugins.filter(({ name }) => names.includes(name)))
    : refused(`There is no plugin '${unknown}'. There are: ${plugins.map(({ name }) => name).join(", ")}.`)
}

/** What modules are made of, without anything being started. */
const ofModules = (
  modules: ReadonlyArray<string>,
  names: ReadonlyArray<string>,
  version: string | undefined
) =>
  Effect.map(
    Effect.flatMap(pluginsOf(modules), (found) => only(found, names)),
    (plugins) => Model.of({ version, plugins })
  )

/** What an application says that it is made of, which runs. */
const ofApplication = (names: ReadonlyArray<string>, version: string | undefined) =>
  version === undefined
    ? Server.get("/ops/model", OperationsApi.Model, { plugin: names })
    : refused("A running application says its version itself: '--application-version' is for modules.")

/** `reventless model [<module...>] [--format] [--diagram] [--plugin]` */
export const model = Command.make(
  "model",
  {
    modules: Argument.String("module").pipe(
      Argument.withDescription(
        "Modules that export plugins, by themselves or in a list; the application that runs at --url when absent"
      ),
      Argument.atLeast(0)
    ),
    format: Flag.Literals("format", ["mermaid", "markdown", "json"]).pipe(
      Flag.withDescription("Text for Mermaid, blocks of it for a page, or the model as data; mermaid when absent"),
      Flag.withDefault("mermaid")
    ),
    diagram: Flag.Literals("diagram", diagrams).pipe(
      Flag.withDescription("What happens in each plugin, or how the plugins talk; eventmodel when absent"),
      Flag.withDefault("eventmodel")
    ),
    plugins: Flag.String("plugin").pipe(
      Flag.withDescription("Draw this plugin alone; can be given several times"),
      Flag.atLeast(0)
    ),
    version: Flag.String("application-version").pipe(
      Flag.withDescription("The version of the application, for the data of modules"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function*({ diagram, format, modules, plugins: names, version }) {
    const given = Option.getOrUndefined(version)
    const drawn = yield* modules.length === 0 ? ofApplication(names, given) : ofModules(modules, names, given)
    yield* Console.log(textOf(drawn, format, diagram))
  })
).pipe(
  Command.withDescription(
    "Draws the event model of an application, and how its plugins talk: from its code, or while it runs"
  )
)
