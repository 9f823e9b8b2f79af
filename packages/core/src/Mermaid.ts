/**
 * Pictures of a model, as text for Mermaid: the event model of a plugin, and how an application's plugins talk. Event
 * models need Mermaid 11.15 or newer, the map any version of 10 or newer.
 */
import * as Scenes from "./internal/model/eventModelScenes.ts"
import type { Model, ModelPlugin } from "./Model.ts"

/** How event models are drawn. */
export interface EventModelOptions {
  /** How many boxes one picture has at most, unless what belongs together has more. 10 when absent. */
  readonly boxes?: number
}

/** The words of Mermaid's event models: a name that is one of them, or begins like a title, is written with `_` before it. */
const words = new Set(
  ("eventmodeling rmo readmodel ui cmd command evt event pcr processor json jsobj figma salt uri md html text tf " +
    "timeframe rf resetframe entity data note gwt given when then").split(" ")
)

/** A name in an event model: letters, digits and `_`; every other character becomes `_`. */
const identifier = (name: string): string => {
  const plain = name.replace(/\W/g, "_").replace(/^(?=\d|$)/, "_")
  return words.has(plain) || /^(title|accTitle|accDescr)/.test(plain) ? `_${plain}` : plain
}

/**
 * What a box is called. Two names would be taken for a lane and a name, of which each lane is drawn apart; three and more
 * are one label.
 */
const boxName = ({ name, point }: Scenes.Box): string => {
  const names = (point === undefined ? name : `${point}.${name}`).split(".")
  return names.length > 2 ? names.map(identifier).join(".") : identifier(names.join("_"))
}

const drawChapter = (scenes: ReadonlyArray<Scenes.Scene>): string => {
  const numbers = new Map<string, Array<string>>()
  const lines: Array<string> = []
  for (const box of scenes.flatMap((scene) => scene.boxes)) {
    const key = Scenes.keyOf(box)
    const known = numbers.get(key) ?? []
    if (known.length > 0 && box.isAgain !== true) continue
    const number = String(lines.length + 1).padStart(2, "0")
    const sources = [...new Set(box.from.flatMap((from) => numbers.get(from) ?? []))].filter((one) => one !== number)
    const begins = sources.length === 0 && box.follows !== true
    const arrows = sources.flatMap((source) => ["->>", source])
    lines.push([begins ? "rf" : "tf", number, box.kind, boxName(box), ...arrows].join(" "))
    numbers.set(key, [...known, number])
  }
  return ["eventmodeling", "", ...lines, ""].join("\n")
}

/**
 * The event model of a plugin, as one or more pictures: what sends commands, which events they make, what is shown of
 * these, and what follows on them. What is to be done is drawn as a list that a processor works on. The commands of an
 * aggregate are one box: which events each of them makes, its decisions know alone.
 *
 * @example
 * ```ts
 * import * as Mermaid from "@reventless/core/Mermaid"
 * import * as Model from "@reventless/core/Model"
 * import * as Plugin from "@reventless/core/Plugin"
 *
 * const Notes = Plugin.make("Notes", { version: "1.0.0" })
 * const pictures: ReadonlyArray<string> = Mermaid.eventModel(Model.ofPlugin(Notes))
 * ```
 */
export const eventModel = (plugin: ModelPlugin, { boxes = 10 }: EventModelOptions = {}): ReadonlyArray<string> =>
  Scenes.chapters(Scenes.scenesOf(plugin), boxes).map(drawChapter)

/**
 * The event models of all plugins of an application as one text: the pictures one after another, each below a comment that says
 * what it shows.
 */
export const eventModels = ({ plugins }: Model, options?: EventModelOptions): string =>
  plugins.flatMap((plugin) =>
    eventModel(plugin, options).map((picture, index, { length }) =>
      `%% ${plugin.name}, ${index + 1} of ${length}\n${picture}`
    )
  ).join("\n")

/**
 * What would end a label, or be read as a tag, a code, a directive or formatting, and what is written instead; codes aren't
 * read everywhere.
 */
const lookalikes: Readonly<Record<string, string>> = {
  "\"": "'",
  "`": "'",
  "<": "\u2039",
  ">": "\u203A",
  "&": "\uFF06",
  "#": "\uFF03",
  "%": "\uFF05",
  "\n": " "
}

/** A label in a flowchart. */
const label = (lines: ReadonlyArray<string>): string =>
  `"${lines.map((line) => line.replace(/[#%&"`<>\n]/g, (one) => lookalikes[one]!)).join("<br/>")}"`

const counted = (count: number, one: string): ReadonlyArray<string> =>
  count === 0 ? [] : [`${count} ${one}${count === 1 ? "" : "s"}`]

const contents = (plugin: ModelPlugin): ReadonlyArray<string> => [
  ...counted(plugin.aggregates.length, "aggregate"),
  ...counted(plugin.slices.length, "slice"),
  ...counted(plugin.views.length, "view"),
  ...counted(plugin.reactions.length, "reaction"),
  ...counted(plugin.inbound.length, "inbound translation"),
  ...counted(plugin.tasks.length, "task")
]

const versionText = ({ commands, events }: { readonly commands: string; readonly events: string }): string =>
  commands === events ? events : `events ${events}, commands ${commands}`

/**
 * How the plugins of an application talk, as one picture: each plugin with its extension points in every version that is
 * served, an arrow from an extension point to every plugin that follows its events, and a dotted one back for the commands
 * that this one sends. Where several versions are served, an arrow says which one it is of. An extension that doesn't list
 * what it `sends` has no arrow back. Directives stand with the extension point whose contract has them.
 */
export const pluginMap = ({ plugins }: Model): string => {
  const ids = new Map(plugins.map(({ name }, index) => [name, `p${index + 1}`]))
  const points = new Map(
    plugins.flatMap(({ extensionPoints }) => extensionPoints).map(({ name }, index) => [name, `x${index + 1}`])
  )
  const severalVersions = new Set<string>()
  const lines: Array<string> = []
  for (const plugin of plugins) {
    const id = ids.get(plugin.name)!
    lines.push(`  subgraph ${id}[${label([`${plugin.name} ${plugin.version}`])}]`)
    lines.push(`    ${id}c[${label(contents(plugin).length === 0 ? ["nothing of its own"] : contents(plugin))}]`)
    for (const { directives, name, older, version } of plugin.extensionPoints) {
      const also = older.length === 0 ? "" : `, also ${older.map(versionText).join(" and ")}`
      if (older.length > 0) severalVersions.add(name)
      lines.push(
        `    ${points.get(name)}([${
          label([
            name,
            `${versionText(version)}${also}`,
            ...directives.map((directive) => `directive ${directive}`)
          ])
        }])`
      )
    }
    lines.push("  end")
  }
  const elsewhere = new Map<string, string>()
  const pointId = (name: string): string => {
    const known = points.get(name) ?? elsewhere.get(name)
    if (known !== undefined) return known
    const id = `e${elsewhere.size + 1}`
    elsewhere.set(name, id)
    lines.push(`  ${id}([${label([name, "elsewhere"])}])`)
    return id
  }
  for (const { extensions, name } of plugins) {
    for (const { parts, point, version } of extensions) {
      const of = (half: string) => severalVersions.has(point) ? [`version ${half.split(".")[0]}`] : []
      const follows = [...new Set(parts.flatMap((part) => part.follows))]
      const sent = [...new Set(parts.flatMap((part) => part.sends ?? []))].filter((one) => one.startsWith(`${point}.`))
      const [from, to] = [pointId(point), `${ids.get(name)!}c`]
      if (follows.length > 0) lines.push(`  ${from} -->|${label([...of(version.events), ...follows])}| ${to}`)
      if (sent.length > 0) {
        const commands = sent.map((one) => one.slice(point.length + 1))
        lines.push(`  ${to} -.->|${label([...of(version.commands), ...commands])}| ${from}`)
      }
    }
  }
  return ["flowchart LR", ...lines, ""].join("\n")
}
