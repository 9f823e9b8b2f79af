import { assert, describe, it } from "@effect/vitest"
import * as Mermaid from "@reventless/core/Mermaid"
import * as Model from "@reventless/core/Model"
import * as Plugin from "@reventless/core/Plugin"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { checkEventModels, parse } from "./mermaidParser.ts"

const root = path.join(import.meta.dirname, "../../..")

/** The pictures of the pages that people read, each with its page. */
const drawn = fs.globSync(["docs/*.md", "docs/{guides,decisions}/*.md", "examples/*/*.md", "*.md"], { cwd: root })
  .toSorted()
  .flatMap((page) =>
    [...fs.readFileSync(path.join(root, page), "utf8").matchAll(/^```mermaid\n([\s\S]*?)^```/gm)].map((
      [, picture]
    ) => ({
      page,
      picture: picture!
    }))
  )

/** Names that are words of Mermaid's, or have characters that end or begin something there. */
const names =
  ("eventmodeling rmo readmodel ui cmd command evt event pcr processor json jsobj figma salt uri md html text tf " +
    "timeframe rf resetframe entity data note gwt given when then title titles accTitle accDescr end END subgraph graph " +
    "flowchart style class click default direction LR x o A-B a--b a==>b {x} [x] (x) \"x\" `x` 'x' <b> &amp; #quot; %% %%{init} " +
    ";x x; |x| \\ / @ $ ^ ~~~ :::x ... 7 7up _ __ Ä 猫 🐈 toString __proto__ constructor")
    .split(" ")

const empty = Model.ofPlugin(Plugin.make("P", { version: "1.0.0" }))

/** A plugin where everything is called so. */
const plugin: Model.ModelPlugin = {
  ...empty,
  slices: names.map((name) => ({
    name,
    fields: {},
    errors: [],
    async: false,
    consumes: [],
    produces: [`${name}Made`, name]
  })),
  extensionPoints: names.map((name) => ({
    name: `P.${name}`,
    version: { commands: name, events: name },
    older: [],
    commands: [name],
    events: [name],
    directives: [name],
    mappings: [{ name, events: [name], commands: [name], sends: [name] }]
  })),
  extensions: names.map((name) => ({
    point: `Other.${name}`,
    version: { commands: "1.0.0", events: "1.0.0" },
    parts: [{ name, events: [name], follows: [name], sends: [`Other.${name}.${name}`] }]
  }))
}

describe("Mermaid itself", () => {
  it.effect("reads every picture of the pages here", () =>
    Effect.gen(function*() {
      const kinds = new Set<string>()
      for (const { page, picture } of drawn) {
        kinds.add(yield* Effect.mapError(parse(picture), (message) => `${page}: ${message}`))
      }
      assert.deepStrictEqual([...kinds].toSorted(), ["eventmodeling", "flowchart-v2", "sequence"])
    }))

  it.effect("reads what is printed, whatever things are called", () =>
    Effect.gen(function*() {
      yield* checkEventModels(Mermaid.eventModel(plugin, { boxes: 1000 }))
      const others = names.map((name) => ({ ...empty, name, version: name }))
      assert.strictEqual(yield* parse(Mermaid.pluginMap({ plugins: [plugin, ...others] })), "flowchart-v2")
    }))

  it.effect("refuses what is no picture", () =>
    Effect.gen(function*() {
      const wrong = [
        "eventmodeling\n\nrf 01 cmd data\n",
        "eventmodeling\n\nrf 01 cmd A\ntf 01 evt B\n",
        "flowchart LR\n  subgraph p1[\"a\"\n  end\n",
        "sequenceDiagram\n  a->>\n"
      ]
      for (const picture of wrong) assert.include(yield* Effect.flip(parse(picture)), picture)
    }))
})
