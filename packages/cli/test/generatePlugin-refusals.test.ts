import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { body, catalog, definition, type Files, generate, packageJson, refusal, slice } from "./generating.ts"
import { memoryFiles } from "./memoryFiles.ts"

/** Files that are refused, with a sentence for each problem; nothing is written. */
const refuses = (claim: string, files: Files, problems: ReadonlyArray<string>) =>
  it.effect(claim, () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refusal(files), { code: 1, written: [], problems: [...problems] })
    }))

const core = (kind: string) => `import * as ${kind} from "@reventless/core/${kind}"\n`

describe("a definition is refused", () => {
  refuses("without its body", { "src/AddProduct/AddProduct.ts": definition("AddProduct") }, [
    "catalog/src/AddProduct/AddProduct.ts:2: AddProduct has no body: that of the kind StateChangeSlice is " +
    "src/AddProduct/AddProduct_Behavior.ts. Write it, exporting AddProductLive."
  ])

  refuses("whose body is in the same file", {
    "src/AddProduct.ts": definition("AddProduct") + body("AddProductLive")
  }, [
    "catalog/src/AddProduct.ts:2: AddProduct has no body: that of the kind StateChangeSlice is " +
    "src/AddProduct_Behavior.ts. Move AddProductLive there, out of AddProduct.ts."
  ])

  refuses("whose body is in another folder", {
    "src/AddProduct.ts": definition("AddProduct"),
    "src/Behavior/AddProduct_Behavior.ts": body("AddProductLive")
  }, [
    "catalog/src/AddProduct.ts:2: AddProduct has no body: that of the kind StateChangeSlice is " +
    "src/AddProduct_Behavior.ts. Move src/Behavior/AddProduct_Behavior.ts there."
  ])

  refuses("whose body is named as that of another kind", {
    "src/Products.ts": definition("Products", "StateViewSlice"),
    "src/Products_Projections.ts": body("ProductsLive")
  }, [
    "catalog/src/Products.ts:2: Products has no body: that of the kind StateViewSlice is src/Products_Projection.ts. " +
    "Rename src/Products_Projections.ts."
  ])

  refuses("whose class has another name than its file", {
    "src/AddProduct.ts": `${
      core("StateChangeSlice")
    }export class AddProdukt extends StateChangeSlice.make("AddProduct") {}`,
    "src/AddProduct_Behavior.ts": body("AddProductLive")
  }, [
    `catalog/src/AddProduct.ts:2: AddProdukt is made as "AddProduct" in AddProduct.ts. ` +
    "Give the class, the string and the file one name."
  ])

  refuses("whose string has another name than its file", {
    "src/AddProduct.ts": `${core("StateChangeSlice")}export class AddProduct extends StateChangeSlice.make("Add") {}`,
    "src/AddProduct_Behavior.ts": body("AddProductLive")
  }, [
    `catalog/src/AddProduct.ts:2: AddProduct is made as "Add" in AddProduct.ts. ` +
    "Give the class, the string and the file one name."
  ])

  refuses("whose file has another name", {
    "src/AddProdukt.ts": definition("AddProduct"),
    "src/AddProduct_Behavior.ts": body("AddProductLive")
  }, [
    "catalog/src/AddProdukt.ts:2: AddProduct is defined in AddProdukt.ts. A definition has a file of its name: " +
    "rename the file to AddProduct.ts, or move AddProduct there."
  ])

  refuses("that is in the file of its body", {
    "src/AddProduct_Behavior.ts": definition("AddProduct") + body("AddProductLive")
  }, [
    "catalog/src/AddProduct_Behavior.ts:2: AddProduct is defined in AddProduct_Behavior.ts. " +
    "A definition has a file of its name: move AddProduct to AddProduct.ts."
  ])

  refuses("whose name isn't written down", {
    "src/AddProduct.ts": `${
      core("StateChangeSlice")
    }export class AddProduct extends StateChangeSlice.make(name, {}) {}`,
    "src/AddProduct_Behavior.ts": body("AddProductLive")
  }, [
    "catalog/src/AddProduct.ts:2: the name of AddProduct can't be read without running it. " +
    `Write it as a string: StateChangeSlice.make("AddProduct", ...).`
  ])

  refuses("that isn't exported, or under another name", {
    "src/Default.ts": definition("Default").replace("export ", "export default "),
    "src/Default_Behavior.ts": body("DefaultLive"),
    "src/Kept.ts": definition("Kept").replace("export ", ""),
    "src/Kept_Behavior.ts": body("KeptLive"),
    "src/Renamed.ts": `${definition("Renamed").replace("export ", "")}export { Renamed as Other }`,
    "src/Renamed_Behavior.ts": body("RenamedLive"),
    "src/Swapped.ts": `${definition("Swapped").replace("export ", "")}const other = 1\nexport { other as Swapped }`,
    "src/Swapped_Behavior.ts": body("SwappedLive")
  }, [
    "catalog/src/Default.ts:2: Default isn't exported. Write 'export class Default ...'.",
    "catalog/src/Kept.ts:2: Kept isn't exported. Write 'export class Kept ...'.",
    "catalog/src/Renamed.ts:2: Renamed isn't exported. Write 'export class Renamed ...'.",
    "catalog/src/Swapped.ts:2: Swapped isn't exported. Write 'export class Swapped ...'."
  ])

  refuses("when there are two of one name, of whatever kinds", {
    "src/Products.ts": definition("Products", "StateViewSlice"),
    "src/Products_Projection.ts": body("ProductsLive"),
    "src/read/Products.ts": definition("Products", "ReadModel"),
    "src/read/Products_Projections.ts": body("ProductsLive"),
    "src/later/Products.ts": definition("Products", "Task"),
    "src/later/Products_Run.ts": body("ProductsLive")
  }, [
    "catalog/src/Products.ts:2: Products is also defined in src/read/Products.ts:2 and src/later/Products.ts:2. " +
    "A plugin's names are unique: rename one."
  ])

  refuses("of a kind that isn't the library's", {
    "src/A.ts": `import { StateChangeSlice } from "./own.ts"\nexport class A extends StateChangeSlice.make("A", {}) {}`,
    "src/B.ts": `import * as Saga from "sagas"\nexport class B extends Saga.make("B", {}) {}`,
    "src/B_Behavior.ts": body("BLive"),
    "src/C.ts": `export class C extends Task.make("C", {}) {}`,
    "src/Row.ts": `import * as Rpc from "effect/rpc/Rpc"\nexport class Row extends Rpc.make("Row", {}) {}`
  }, [
    `catalog/src/A.ts:2: A is made by StateChangeSlice, which is from "./own.ts". ` +
    `Import it from "@reventless/core/StateChangeSlice", or write Plugin.ts by hand.`,
    `catalog/src/B.ts:2: B is made by Saga, which is from "sagas". The kinds are Aggregate, StateChangeSlice, ` +
    "StateViewSlice, StateViewSliceStream, ReadModel, ReadModelStream, AutomationSlice, OutboundTranslationSlice, " +
    "InboundTranslationSlice and Task: make it one of them, or write Plugin.ts by hand.",
    `catalog/src/C.ts:1: C is made by Task, which isn't imported. ` +
    `Import it from "@reventless/core/Task", or write Plugin.ts by hand.`
  ])
})

describe("a body is refused", () => {
  refuses("without its definition", { ...slice("AddProduct"), "src/Products_Projection.ts": body("ProductsLive") }, [
    "catalog/src/Products_Projection.ts: there is no definition for this body. " +
    "Define Products in src/Products.ts, or rename this file."
  ])

  refuses("whose definition is made by a function of one's own", {
    ...slice("AddProduct"),
    "src/ChangePrice.ts": "export class ChangePrice extends ownSlice('ChangePrice') {}",
    "src/ChangePrice_Behavior.ts": body("ChangePriceLive")
  }, [
    "catalog/src/ChangePrice_Behavior.ts: there is no definition for this body: src/ChangePrice.ts has no " +
    `'class ChangePrice extends <Kind>.make("ChangePrice", ...)'. ` +
    "Write it so, rename this file, or write Plugin.ts by hand."
  ])

  refuses("beside another one of its definition", {
    ...slice("AddProduct"),
    "src/AddProduct/AddProduct_Run.ts": body("AddProductLive")
  }, [
    "catalog/src/AddProduct/AddProduct_Run.ts: AddProduct is of the kind StateChangeSlice, " +
    "whose body is AddProduct_Behavior.ts. Rename this file, or remove it."
  ])

  refuses("without the export that is asked for", {
    "src/AddProduct.ts": definition("AddProduct"),
    "src/AddProduct_Behavior.ts": "export const Live = 1\nexport type AddProductLive = 1\n",
    "src/Products_ExtensionPointMapping.ts": `export type { ProductsMappingLive } from "./types.ts"`,
    "src/Orders_Extension.ts": `export { type OrdersExtensionLive, OrdersLive } from "./types.ts"`
  }, [
    "catalog/src/AddProduct_Behavior.ts: it doesn't export AddProductLive. Write 'export const AddProductLive = ...'.",
    "catalog/src/Orders_Extension.ts: it doesn't export OrdersExtensionLive. Write 'export const OrdersExtensionLive = ...'.",
    "catalog/src/Products_ExtensionPointMapping.ts: it doesn't export ProductsMappingLive. " +
    "Write 'export const ProductsMappingLive = ...'."
  ])

  refuses("when another file would export the same", {
    "src/a/Products_ExtensionPointMapping.ts": body("ProductsMappingLive"),
    "src/b/Products_ExtensionPointMapping.ts": body("ProductsMappingLive"),
    "src/ProductsMapping.ts": definition("ProductsMapping"),
    "src/ProductsMapping_Behavior.ts": body("ProductsMappingLive")
  }, [
    "catalog/src/ProductsMapping.ts:2: ProductsMappingLive is also what src/a/Products_ExtensionPointMapping.ts and " +
    "src/b/Products_ExtensionPointMapping.ts comes to. Rename one; what belongs to one contract merges anyway."
  ])
})

describe("the package is refused", () => {
  const contract = `${
    core("ExtensionPoint")
  }export class Products extends ExtensionPoint.make("Catalog.Products", {}) {}`

  refuses("with a contract in it", { ...slice("AddProduct"), "src/contracts.ts": contract }, [
    "catalog/src/contracts.ts:2: Products is a contract, and '@acme/catalog' is no package of contracts. " +
    "Move it to one whose name ends in '-spec': that is all that other plugins import."
  ])

  refuses("when it is a package of contracts", {
    ...packageJson({ name: "@acme/catalog-spec" }),
    "src/Products.ts": contract
  }, [
    `catalog/src: nothing in it is a component. Define one in <Name>.ts: class <Name> extends <Kind>.make("<Name>", ...), ` +
    "with a <Kind> of @reventless/core."
  ])

  refuses("with a file that can't be read, and nothing more is said of it", {
    "src/AddProduct.ts": `${definition("AddProduct")}\nexport class {`,
    "src/AddProduct_Behavior.ts": body("AddProductLive"),
    ...slice("ChangePrice"),
    "src/ChangePrice/ChangePrice_Behavior.ts": "export const = 1"
  }, [
    "catalog/src/AddProduct.ts:4: it can't be read: A class name is required. Mend what the compiler says first.",
    "catalog/src/ChangePrice/ChangePrice_Behavior.ts:1: it can't be read: Unexpected token. " +
    "Mend what the compiler says first."
  ])

  const manifest = (claim: string, fields: object, problems: ReadonlyArray<string>) =>
    refuses(
      claim,
      { ...packageJson(fields), ...slice("AddProduct") },
      problems.map((problem) => `catalog/package.json: ${problem}`)
    )

  manifest("with settings that no plugin can have", {
    version: "1.0",
    reventless: { plugin: "my catalog", heartbeatInterval: "5 minuets", uiBundleUrl: 1, heartbeat: 5 }
  }, [
    "'reventless' has no field 'heartbeat'. It has plugin, heartbeatInterval, uiBundleUrl.",
    `'reventless.heartbeatInterval' must be a duration such as "5 minutes", or a number of seconds.`,
    "'reventless.plugin' must be a name such as Catalog: a letter, then at most 99 letters, digits, '_' or '-', and not Plugin.",
    "'reventless.uiBundleUrl' must be a string.",
    `'version' must be the plugin's SemVer, such as "1.0.0".`
  ])
  manifest("when no plugin can be named after it", { name: "@acme/3d", version: undefined }, [
    `'version' must be the plugin's SemVer, such as "1.0.0".`,
    `no plugin can be named after '@acme/3d'. Add "reventless": { "plugin": "Catalog" } with its name.`
  ])
  for (const heartbeatInterval of [0, "0 seconds", "-5 minutes", true]) {
    manifest(`with ${JSON.stringify(heartbeatInterval)} between heartbeats`, { reventless: { heartbeatInterval } }, [
      `'reventless.heartbeatInterval' must be a duration such as "5 minutes", or a number of seconds.`
    ])
  }
  manifest("with a plugin whose constant is already taken", { reventless: { plugin: "plugin" } }, [
    "'reventless.plugin' must be a name such as Catalog: a letter, then at most 99 letters, digits, '_' or '-', and not Plugin."
  ])
  manifest("with settings that are no object", { reventless: "Catalog" }, [
    `'reventless' must be an object, such as { "plugin": "Catalog" }.`
  ])
  refuses("with a package.json that isn't JSON", { ...slice("AddProduct"), "package.json": "{" }, [
    "catalog/package.json: it isn't a JSON object. Mend it."
  ])

  it.effect("when there is no package.json, or no src", () =>
    Effect.gen(function*() {
      const { code, error } = yield* generate(memoryFiles(packageJson()), ["elsewhere", "."])
      assert.strictEqual(code, 1)
      assert.include(
        error,
        `2 things don't make a plugin:
    elsewhere/package.json: there is none. Name the folder of a plugin's package.
    src: there is no such folder. Name the folder of a plugin's package.
  Nothing was written.`
      )
    }))

  it.effect("for everything that is wrong with it, at once, by file and line, whatever the order of the files", () =>
    Effect.gen(function*() {
      const wrong: Files = {
        ...packageJson({ version: "one" }),
        "src/Plugin.ts": "export {}",
        "src/AddProduct.ts": definition("AddProduct"),
        "src/Products_Projection.ts": body("ProductsLive"),
        "src/contracts.ts": "\n".repeat(8) + definition("Here", "Task") + contract,
        ...slice("ChangePrice"),
        "src/more/ChangePrice.ts": definition("ChangePrice"),
        "src/more/ChangePrice_Behavior.ts": body("Live")
      }
      for (const files of [catalog(wrong), catalog(wrong, (entries) => entries.reverse())]) {
        const { code, error } = yield* generate(files)
        assert.deepStrictEqual([code, files.written], [1, []])
        assert.include(error, "9 things don't make a plugin:")
        assert.deepStrictEqual(error.match(/(?<=^ {4}catalog\/)\S+(?=: )/gm), [
          "package.json",
          "src/AddProduct.ts:2",
          "src/ChangePrice/ChangePrice.ts:2",
          "src/contracts.ts:10",
          "src/contracts.ts:10",
          "src/contracts.ts:12",
          "src/more/ChangePrice_Behavior.ts",
          "src/Plugin.ts",
          "src/Products_Projection.ts"
        ])
      }
    }))
})
