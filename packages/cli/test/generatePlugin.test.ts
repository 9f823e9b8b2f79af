import { assert, describe, it } from "@effect/vitest"
import * as Plugin from "@reventless/core/Plugin"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { execFileSync } from "node:child_process"
import * as path from "node:path"
import {
  body,
  catalog,
  definition,
  type Files,
  generate,
  generated,
  inFolder,
  packageJson,
  slice
} from "./generating.ts"
import { AddBookLive } from "./library/src/AddBook/AddBook_Behavior.ts"
import { BooksLive } from "./library/src/Books/Books_Projection.ts"
import { TitlesExtensionLive } from "./library/src/Extension/Titles_Extension.ts"
import { LoansMappingLive } from "./library/src/ExtensionPoint/Loans_ExtensionPointMapping.ts"
import { LendBookLive } from "./library/src/LendBook/LendBook_Behavior.ts"
import { AskBackLive } from "./library/src/Loans/AskBack_Automation.ts"
import { DeskLive } from "./library/src/Loans/Desk_Projections.ts"
import { PrintSlipLive } from "./library/src/Loans/PrintSlip_Translation.ts"
import { ReturnBoxLive } from "./library/src/Loans/ReturnBox_Translation.ts"
import { Library } from "./library/src/Plugin.ts"
import { ReaderLive } from "./library/src/Reader/Aggregate/Reader_Behavior.ts"
import { ReadersLive } from "./library/src/Reader/ReadModel/Readers_Projections.ts"
import { ReturnBookLive } from "./library/src/ReturnBook/ReturnBook_Behavior.ts"
import { ShelfLive } from "./library/src/Shelf/Shelf_Projection.ts"
import { StocktakingLive } from "./library/src/Stocktaking/Stocktaking_Run.ts"
import { memoryFiles } from "./memoryFiles.ts"
import { run } from "./run.ts"

const root = path.resolve(import.meta.dirname, "../../..")
const library = path.join(import.meta.dirname, "library")

/** What a plugin is made of, by name. */
const namesIn = (plugin: Plugin.Plugin<string, unknown>) => ({
  name: plugin.name,
  version: plugin.version,
  heartbeatInterval: plugin.heartbeatInterval,
  uiBundleUrl: plugin.uiBundleUrl,
  aggregates: plugin.aggregates.map(({ name }) => name).sort(),
  stateChangeSlices: plugin.stateChangeSlices.map(({ name }) => name).sort(),
  views: plugin.views.map(({ name }) => name).sort(),
  todoLists: plugin.todoLists.map(({ name }) => name).sort(),
  inboundTranslations: plugin.inboundTranslations.map(({ name }) => name).sort(),
  tasks: plugin.tasks.map(({ name }) => name).sort(),
  extensionPoints: plugin.extensionPoints.map(({ point }) => point.tag).sort(),
  extensions: plugin.extensions.map(({ point }) => point.tag).sort(),
  events: [...plugin.events.keys()].sort(),
  plan: plugin.plan
})

describe("a plugin with every kind of component", () => {
  it.effect("its file is what is generated from its folders", () =>
    Effect.gen(function*() {
      const { code, error, out } = yield* run(["generate-plugin", library, "--check"])
      assert.deepStrictEqual([code, error], [0, ""])
      assert.strictEqual(out, `Library: ${library}/src/Plugin.ts is up to date, 14 components\n`)
    }))

  it("the generated plugin is the one that is written by hand", () => {
    const byHand = Plugin.make("Library", {
      version: "2.1.0",
      heartbeatInterval: "30 seconds",
      aggregates: [ReaderLive],
      stateChangeSlices: [ReturnBookLive, LendBookLive, AddBookLive],
      stateViewSlices: [ShelfLive, BooksLive],
      readModels: [ReadersLive, DeskLive],
      automationSlices: [AskBackLive],
      outboundTranslationSlices: [PrintSlipLive],
      inboundTranslationSlices: [ReturnBoxLive],
      tasks: [StocktakingLive],
      extensionPoints: [LoansMappingLive],
      extensions: [TitlesExtensionLive],
      uiBundleUrl: "https://library.example/ui.js"
    })
    assert.deepStrictEqual(namesIn(Library), namesIn(byHand))
  })
})

describe("the generated text", () => {
  it.effect("reads as if written by hand, and says that it wasn't", () =>
    Effect.gen(function*() {
      const files = catalog({
        ...packageJson({ reventless: { heartbeatInterval: 90, uiBundleUrl: "https://acme.example/\"ui\".js" } }),
        "src/A/RenameProduct.ts": definition("RenameProduct"),
        "src/A/RenameProduct_Behavior.ts": body("RenameProductLive"),
        ...slice("AddProduct"),
        "src/Category/Aggregate/Category.ts": definition("Category", "Aggregate"),
        "src/Category/Aggregate/Category_Behavior.ts": body("CategoryLive"),
        "src/ExtensionPoint/Products_ExtensionPointMapping.ts": body("ProductsMappingLive"),
        "src/ExtensionPoint/ProductsOfCategories_ExtensionPointMapping.ts": body("ProductsOfCategoriesMappingLive"),
        "src/ExtensionPoint/ProductsV1_ExtensionPointMapping.ts": body("ProductsV1MappingLive"),
        "src/Extension/Orders_Extension.ts": body("OrdersExtensionLive")
      })
      assert.deepStrictEqual(yield* generate(files), {
        code: 0,
        out: "Catalog (named after the package '@acme/catalog'): wrote catalog/src/Plugin.ts, 7 components\n",
        error: ""
      })
      assert.strictEqual(
        files.stored.get("catalog/src/Plugin.ts"),
        `/** Generated by \`reventless generate-plugin\` from the files beside it: what is changed here is lost. */
import * as Plugin from "@reventless/core/Plugin"
import { RenameProductLive } from "./A/RenameProduct_Behavior.ts"
import { AddProductLive } from "./AddProduct/AddProduct_Behavior.ts"
import { CategoryLive } from "./Category/Aggregate/Category_Behavior.ts"
import { OrdersExtensionLive } from "./Extension/Orders_Extension.ts"
import { ProductsMappingLive } from "./ExtensionPoint/Products_ExtensionPointMapping.ts"
import { ProductsOfCategoriesMappingLive } from "./ExtensionPoint/ProductsOfCategories_ExtensionPointMapping.ts"
import { ProductsV1MappingLive } from "./ExtensionPoint/ProductsV1_ExtensionPointMapping.ts"

export const Catalog = Plugin.make("Catalog", {
  version: "1.0.0",
  heartbeatInterval: 90,
  uiBundleUrl: "https://acme.example/\\"ui\\".js",
  aggregates: [CategoryLive],
  stateChangeSlices: [AddProductLive, RenameProductLive],
  extensionPoints: [ProductsMappingLive, ProductsOfCategoriesMappingLive, ProductsV1MappingLive],
  extensions: [OrdersExtensionLive]
})
`
      )
    }))

  it.effect("calls the plugin as code may, when its name is none", () =>
    Effect.gen(function*() {
      const files = { ...packageJson({ reventless: { plugin: "order-management" } }), ...slice("AddProduct") }
      assert.include(
        yield* generated(catalog(files)),
        `export const OrderManagement = Plugin.make("order-management", {\n`
      )
    }))

  it.effect("is the same whatever the order in which folders are listed", () =>
    Effect.gen(function*() {
      const names = [
        "Order",
        "OrderLine",
        "Orders",
        "orders",
        "order2",
        "Order_Line",
        "ORDERS2",
        "Zebra",
        "Äpfel",
        "A",
        "a1"
      ]
      const files = {
        ...Object.assign({}, ...names.map(slice)) as Files,
        "src/Deep/er/Deepest.ts": definition("Deepest", "Task"),
        "src/Deep/er/Deepest_Run.ts": body("DeepestLive"),
        "src/Deep/View.ts": definition("View", "StateViewSlice"),
        "src/Deep/View_Projection.ts": body("ViewLive")
      }
      const expected = yield* generated(catalog(files))
      assert.include(expected, "DeepestLive")
      for (let seed = 1; seed <= 50; seed++) {
        const shuffled = yield* Random.shuffle(Object.entries(files)).pipe(Random.withSeed(seed))
        const order = <A>(entries: Array<A>) => seed % 2 === 0 ? entries.reverse() : entries
        const text = yield* generated(catalog(Object.fromEntries(shuffled), order))
        assert.strictEqual(text, expected, `seed ${seed}`)
      }
    }))

  const formatted = (text: string): string =>
    execFileSync(path.join(root, "node_modules/.bin/dprint"), ["fmt", "--stdin", "Plugin.ts"], {
      cwd: root,
      input: text,
      encoding: "utf8"
    })

  it.effect("is what the formatter would make of it, whatever the names and folders", () =>
    Effect.gen(function*() {
      for (const seed of [1, 2, 3, 4]) {
        const names = yield* Effect.forEach(Array.from({ length: 30 }, (_, index) => index), (index) =>
          Effect.gen(function*() {
            const length = yield* Random.nextIntBetween(1, 20 * seed)
            const letters = yield* Effect.replicateEffect(Random.nextIntBetween(0, 7), length)
            return `N${
              letters.map((letter) => "abABzZ_9"[letter]).join("")
            }${index}`
          })).pipe(Random.withSeed(seed))
        const kinds = [["StateChangeSlice", "Behavior"], ["ReadModel", "Projections"], ["Task", "Run"]] as const
        const files: Files = Object.fromEntries(names.flatMap((name, index) => {
          const [kind, suffix] = kinds[index % 3]!
          const folder = index % 2 === 0 ? "src" : `src/${name}`
          return [
            [`${folder}/${name}.ts`, definition(name, kind)],
            [`${folder}/${name}_${suffix}.ts`, body(`${name}Live`)]
          ]
        }))
        const text = yield* generated(catalog(files))
        assert.include(text, "import")
        assert.strictEqual(formatted(text), text, `seed ${seed}`)
      }
    }))

  it.effect(
    "is what the formatter would make of it, where lines have 118 to 122 letters",
    () =>
      Effect.gen(function*() {
        for (const width of [118, 119, 120, 121, 122]) {
          const setting = `  uiBundleUrl: ""`
          const list = "  stateChangeSlices: [Live]"
          const rest = width - `import { Live } from "./_Projections.ts"`.length
          const folder = rest % 2 === 0 ? "" : "dd/"
          const a = "x".repeat(width - setting.length)
          const b = "X".repeat(width - list.length)
          const c = "Y".repeat((rest - folder.length) / 2)
          const text = yield* generated(catalog({
            ...packageJson({ reventless: { plugin: "Catalog", uiBundleUrl: a } }),
            [`src/${b}.ts`]: definition(b, "Task"),
            [`src/${b}_Run.ts`]: body(`${b}Live`),
            [`src/${folder}${c}.ts`]: definition(c, "ReadModel"),
            [`src/${folder}${c}_Projections.ts`]: body(`${c}Live`)
          }))
          assert.strictEqual(
            text.split("\n").some((line) => line.includes("import {") && line.length === width),
            width <= 120
          )
          assert.strictEqual(formatted(text), text, `${width} letters`)
        }
      })
  )
})

describe("what is read", () => {
  const one = (text: string) =>
    catalog({ "src/AddProduct.ts": text, "src/AddProduct_Behavior.ts": body("AddProductLive") })
  const means = (claim: string, text: string) =>
    it.effect(claim, () =>
      Effect.gen(function*() {
        assert.include(yield* generated(one(text)), "stateChangeSlices: [AddProductLive]\n")
      }))

  means(
    "a kind under another name",
    `import * as Slice from "@reventless/core/StateChangeSlice"\nexport class AddProduct extends Slice.make("AddProduct", {}) {}`
  )
  means(
    "a kind out of the whole library",
    `import { StateChangeSlice as Slice } from "@reventless/core"\nexport class AddProduct extends Slice.make("AddProduct", {}) {}`
  )
  means(
    "the whole library",
    `import * as R from "@reventless/core"\nexport class AddProduct extends R.StateChangeSlice.make("AddProduct", {}) {}`
  )
  means(
    "a function of a kind",
    `import { make as slice } from "@reventless/core/StateChangeSlice"\nexport class AddProduct extends slice("AddProduct", {}) {}`
  )
  means(
    "a constant",
    `import * as StateChangeSlice from "@reventless/core/StateChangeSlice"\nexport const AddProduct = StateChangeSlice.make("AddProduct", {})`
  )
  means(
    "a class that is exported elsewhere in the file, and whose name is in backquotes",
    `import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
class AddProduct extends (StateChangeSlice.make(\`AddProduct\`, { command: <const T,>(x: T) => x } satisfies object)) {}
export { AddProduct }`
  )
  means(
    "a class among syntax that only some compilers take, and a name that is declared twice",
    `import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import defer * as later from "./later.ts"
@seal export class Sealed { accessor one = 1; constructor(private two: number) {} }
enum Colour { Red }
namespace Inner { export const one = <number> 1 }
const one = 1
const one = 2
export class AddProduct extends StateChangeSlice.make("AddProduct", {}) {}`
  )
  means(
    "what comments, strings and functions name is nothing",
    `import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
// export class Commented extends StateChangeSlice.make("Commented", {}) {}
/* export class Commented extends StateChangeSlice.make("Commented", {}) {} */
import { objectCreated } from "@reventless/core/Task"
export const trigger = objectCreated("prefix")
const text = 'export class Quoted extends StateChangeSlice.make("Quoted", {}) {}'
const inner = () => { class Inner extends StateChangeSlice.make("Inner", {}) {} }
export class AddProduct extends StateChangeSlice.make("AddProduct", {}) {}
export type AddProductLive = 1`
  )

  it.effect("tests, declarations, hidden folders and packages in a folder are left out", () =>
    Effect.gen(function*() {
      const other = definition("Other")
      const text = yield* generated(catalog({
        ...slice("AddProduct"),
        "src/AddProduct/Other.test.ts": other,
        "src/AddProduct/Other.d.ts": other,
        "src/.git/Other.ts": other,
        "src/node_modules/x/Other.ts": other,
        "src/notes.md": other,
        "test/Other.ts": other
      }))
      assert.notInclude(text, "Other")
      assert.include(text, "[AddProductLive]")
    }))

  it.effect("folders are found where the system doesn't say what a name is", () =>
    Effect.gen(function*() {
      const files = catalog(slice("AddProduct"), (entries) => entries.map(({ name }) => ({ name, type: "Unknown" })))
      assert.include(yield* generated(files), "[AddProductLive]")
    }))

  it.effect("a file that is gone before it is read isn't missed", () =>
    Effect.gen(function*() {
      const files = catalog(slice("AddProduct"), (entries) => [...entries, { name: "gone.ts", type: "File" }])
      assert.include(yield* generated(files), "[AddProductLive]")
    }))

  it.effect("a body may be exported from a file beside it", () =>
    Effect.gen(function*() {
      const files = {
        ...slice("AddProduct"),
        "src/AddProduct/AddProduct_Behavior.ts": `export { live as AddProductLive } from "./live.ts"`
      }
      assert.include(yield* generated(catalog(files)), "[AddProductLive]")
    }))
})

describe("a file that is there", () => {
  it.effect("isn't written again when it is as it would be, also with the line ends of another system", () =>
    Effect.gen(function*() {
      const files = catalog(slice("AddProduct"))
      yield* generate(files)
      const text = files.stored.get("catalog/src/Plugin.ts") ?? ""
      files.stored.set("catalog/src/Plugin.ts", text.replaceAll("\n", "\r\n"))
      const { code, out } = yield* generate(files)
      assert.deepStrictEqual([code, files.written], [0, ["catalog/src/Plugin.ts"]])
      assert.include(out, "catalog/src/Plugin.ts is up to date, 1 component\n")
    }))

  it.effect("is written anew when it was generated, and what changed is said", () =>
    Effect.gen(function*() {
      const files = catalog({ ...slice("AddProduct"), ...slice("DropProduct") })
      yield* generate(files)
      for (const [file, text] of Object.entries(inFolder("catalog", slice("ChangePrice")))) files.stored.set(file, text)
      for (const file of Object.keys(inFolder("catalog", slice("DropProduct")))) files.stored.delete(file)
      const { out } = yield* generate(files)
      assert.include(out, "wrote catalog/src/Plugin.ts, 2 components: added ChangePrice; removed DropProduct\n")
    }))

  it.effect("is written anew although a merge has left it in pieces", () =>
    Effect.gen(function*() {
      const files = catalog(slice("AddProduct"))
      const text = yield* generated(files)
      files.stored.set("catalog/src/Plugin.ts", `${text}<<<<<<< ours\n=======\n>>>>>>> theirs\n`)
      assert.strictEqual(yield* generated(files), text)
    }))

  it.effect("is never overwritten when it was written by hand, unless it must be", () =>
    Effect.gen(function*() {
      const byHand = `export const Catalog = Plugin.make("Catalog", {})\n`
      const files = catalog({ ...slice("AddProduct"), "src/Plugin.ts": byHand })
      const refused = yield* generate(files)
      assert.strictEqual(refused.code, 1)
      assert.include(
        refused.error,
        "catalog/src/Plugin.ts: it wasn't generated, and what is written by hand isn't overwritten. " +
          "Keep it and don't name this folder, delete it, or give --force."
      )
      assert.strictEqual(files.stored.get("catalog/src/Plugin.ts"), byHand)
      const forced = yield* generate(files, ["catalog", "--force"])
      assert.deepStrictEqual([forced.code, files.written], [0, ["catalog/src/Plugin.ts"]])
    }))
})

describe("--check", () => {
  it.effect("shows how a stale file differs, writes nothing and ends with 1", () =>
    Effect.gen(function*() {
      const files = catalog({ ...slice("AddProduct"), ...slice("ChangePrice") })
      yield* generate(files)
      for (const file of Object.keys(inFolder("catalog", slice("ChangePrice")))) files.stored.delete(file)
      const { code, error } = yield* generate(files, ["catalog", "--check"])
      assert.strictEqual(code, 1)
      assert.include(
        error,
        `catalog/src/Plugin.ts isn't what its folder says:
  @@ -3,3 +3,2 @@
   import { AddProductLive } from "./AddProduct/AddProduct_Behavior.ts"
  -import { ChangePriceLive } from "./ChangePrice/ChangePrice_Behavior.ts"
`
      )
      assert.include(error, "Write it with: reventless generate-plugin catalog\n")
      assert.deepStrictEqual(files.written, ["catalog/src/Plugin.ts"])
    }))

  it.effect("shows 20 lines at most", () =>
    Effect.gen(function*() {
      const files = catalog(Object.assign({}, ...Array.from({ length: 30 }, (_, index) => slice(`Slice${index + 10}`))))
      files.stored.set("catalog/src/Plugin.ts", "/** Generated by `reventless generate-plugin` long ago. */\n")
      const { error } = yield* generate(files, ["catalog", "--check"])
      assert.match(error, /^ {2}\.\.\. 50 more lines$/m)
      assert.strictEqual(error.split("\n").filter((line) => /^ {2}[-+@]/.test(line)).length, 20)
    }))

  it.effect("says that a file is missing", () =>
    Effect.gen(function*() {
      const files = catalog(slice("AddProduct"))
      const { code, error } = yield* generate(files, ["catalog", "--check"])
      assert.deepStrictEqual([code, files.written], [1, []])
      assert.include(error, "catalog/src/Plugin.ts is missing.\nWrite it with: reventless generate-plugin catalog\n")
    }))

  it.effect("goes with neither --watch nor --force", () =>
    Effect.gen(function*() {
      const { code, error } = yield* generate(catalog(slice("AddProduct")), ["catalog", "--check", "--force"])
      assert.strictEqual(code, 1)
      assert.include(error, "--check writes nothing: leave out --watch and --force, or --check.")
    }))
})

describe("several folders", () => {
  const ordering = inFolder("ordering", {
    ...packageJson({ name: "ordering", reventless: { plugin: "Ordering" } }),
    ...slice("PlaceOrder")
  })
  const both = (files: Readonly<Record<string, string>>) =>
    memoryFiles({ ...inFolder("catalog", { ...packageJson(), ...files }), ...ordering })

  it.effect("each gets its file, and programs may read what became of them", () =>
    Effect.gen(function*() {
      const { code, out } = yield* generate(both(slice("AddProduct")), ["catalog", "ordering", "--json"])
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(out.trim().split("\n").map((line) => JSON.parse(line)), [
        {
          plugin: "Catalog",
          file: "catalog/src/Plugin.ts",
          components: 1,
          written: true,
          added: ["AddProduct"],
          removed: []
        },
        {
          plugin: "Ordering",
          file: "ordering/src/Plugin.ts",
          components: 1,
          written: true,
          added: ["PlaceOrder"],
          removed: []
        }
      ])
    }))

  it.effect("none is written when one is refused", () =>
    Effect.gen(function*() {
      const files = both({ "src/AddProduct.ts": definition("AddProduct") })
      const { code, error } = yield* generate(files, ["ordering", "catalog"])
      assert.deepStrictEqual([code, files.written], [1, []])
      assert.include(error, "Nothing was written.")
    }))
})
