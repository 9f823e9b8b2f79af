import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Model from "@reventless/core/Model"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { run } from "./run.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-model-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))
fs.symlinkSync(path.join(import.meta.dirname, "../node_modules"), path.join(folder, "node_modules"))

const module = (name: string, text: string): string => {
  const file = path.join(folder, name)
  fs.writeFileSync(file, text)
  return file
}

const books = module(
  "books.ts",
  `
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as Effect from "effect/Effect"
const BookId = Id.make("book")
class BookBought extends Event.make("BookBought", { bookId: BookId }) {}
class Book extends Aggregate.make("Book", {
  id: BookId,
  commands: [Command.make("Buy", { bookId: BookId }), Command.make("Sell", { bookId: BookId })],
  events: [BookBought]
}) {}
export const Books = Plugin.make("Books", {
  version: "1.0.0",
  aggregates: [Book.behavior({
    initial: 0,
    evolve: { BookBought: (n) => n },
    decide: { Buy: () => Effect.succeed([]), Sell: () => Effect.succeed([]) }
  })]
})
export const version = "1.0.0"
`
)
const whole = module(
  "plugins.ts",
  `
import * as Plugin from "@reventless/core/Plugin"
import { Books } from "./books.ts"
export const plugins = [Books, Plugin.make("Readers", { version: "2.0.0" })]
`
)

const picture = `eventmodeling

rf 01 cmd Book
tf 02 evt BookBought ->> 01
`

describe("model", () => {
  it.effect("prints the event models of the plugins that modules export, as Mermaid reads them", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* run(["model", books]), {
        code: 0,
        out: `%% Books, 1 of 1\n${picture}`,
        error: ""
      })
    }))

  it.effect("prints them for a page, with the commands of aggregates", () =>
    Effect.gen(function*() {
      const { out } = yield* run(["model", books, "--format", "markdown"])
      assert.strictEqual(out, `### Books\n\n\`Book\` takes \`Buy\`, \`Sell\`.\n\n\`\`\`mermaid\n${picture}\`\`\`\n`)
    }))

  it.effect("prints the map of the plugins, found once each, also in lists", () =>
    Effect.gen(function*() {
      const { out } = yield* run(["model", books, whole, "--diagram", "map"])
      assert.deepStrictEqual(out.split("\n").filter((line) => line.includes("subgraph")), [
        `  subgraph p1["Books 1.0.0"]`,
        `  subgraph p2["Readers 2.0.0"]`
      ])
    }))

  it.effect("prints the model as data, of all plugins or of some", () =>
    Effect.gen(function*() {
      const { out } = yield* run(["model", whole, "--format", "json", "--application-version", "3.1.0"])
      const model = yield* Schema.decodeUnknownEffect(Model.Model)(JSON.parse(out))
      assert.deepStrictEqual([model.version, model.plugins.map(({ name }) => name)], ["3.1.0", ["Books", "Readers"]])
      const some = yield* run(["model", whole, "--format", "json", "--plugin", "Readers"])
      assert.deepStrictEqual(JSON.parse(some.out).plugins.map(({ name }: Model.ModelPlugin) => name), ["Readers"])
    }))

  it.effect("says what it can't draw", () =>
    Effect.gen(function*() {
      const none = yield* run(["model", module("none.ts", "export const nothing = 1")])
      assert.deepStrictEqual([none.code, none.error.includes("No plugin is exported by")], [1, true])
      const unknown = yield* run(["model", whole, "--plugin", "Writers"])
      assert.deepStrictEqual(
        [unknown.code, unknown.error.includes("There is no plugin 'Writers'. There are: Books, Readers.")],
        [1, true]
      )
      const twice = module(
        "twice.ts",
        `import * as Plugin from "@reventless/core/Plugin"
export const a = Plugin.make("A", { version: "1.0.0" })
export const b = Plugin.make("A", { version: "1.0.0" })`
      )
      assert.include((yield* run(["model", twice])).error, "Two plugins named 'A' are exported.")
      assert.include((yield* run(["model", path.join(folder, "gone.ts")])).error, "gone.ts'.")
      const broken = module("broken.ts", "export const = 1")
      assert.include((yield* run(["model", broken])).error, "broken.ts can't be imported")
    }))
})
