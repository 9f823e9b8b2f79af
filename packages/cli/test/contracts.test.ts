import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { run, runProcess } from "./run.ts"

const installed = path.join(import.meta.dirname, "../node_modules")

/** The module of a spec package: events and commands with these fields. */
interface Spec {
  readonly version?: string
  readonly event?: string
  readonly command?: string
  readonly more?: string
}

const source = ({ command, event = "price: Schema.Int", more = "", version = "1.0.0" }: Spec) => `
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Schema from "effect/Schema"

export const ProductId = Id.make("product")
export class Listed extends Event.make("Listed", { productId: ProductId, ${event} }) {}
export class Products extends ExtensionPoint.make("Catalog.Products", {
  version: "${version}",
  events: [Listed],
  commands: [${command === undefined ? "" : `Command.make("Restock", { productId: ProductId, ${command} })`}]
}) {}
${more}`

const root = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-contracts-"))
afterAll(() => fs.rmSync(root, { recursive: true }))

/**
 * A folder with a package of contracts in `catalog-spec`. A file that was imported stays as it was in its process, so what
 * follows it is a folder of its own, with what was published before.
 */
const folder = (spec: Spec, before?: string): string => {
  const at = fs.mkdtempSync(path.join(root, "packages-"))
  fs.symlinkSync(installed, path.join(at, "node_modules"))
  write(
    at,
    "catalog-spec/package.json",
    JSON.stringify({ name: "@x/catalog-spec", type: "module", exports: "./spec.ts" })
  )
  write(at, "catalog-spec/spec.ts", source(spec))
  write(at, "package.json", JSON.stringify({ name: "x", private: true }))
  if (before !== undefined) {
    fs.cpSync(path.join(before, "catalog-spec/contracts"), path.join(at, "catalog-spec/contracts"), { recursive: true })
  }
  return at
}

const write = (folder: string, file: string, text: string): void => {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  fs.writeFileSync(path.join(folder, file), text)
}

const stored = (folder: string) =>
  fs.readFileSync(path.join(folder, "catalog-spec/contracts/Catalog.Products.json"), "utf8")

const check = (folder: string, ...more: ReadonlyArray<string>) => run(["contracts", "check", folder, ...more])
const publish = (folder: string) => run(["contracts", "publish", folder])

describe("contracts publish", () => {
  it.effect("keeps what a package's extension points say, and changes nothing the second time", () =>
    Effect.gen(function*() {
      const at = folder({})
      const file = path.join(at, "catalog-spec/contracts/Catalog.Products.json")
      assert.deepStrictEqual(yield* check(at), {
        code: 0,
        out: "Catalog.Products 1.0.0, not published yet\n",
        error: ""
      })
      assert.deepStrictEqual(yield* publish(at), {
        code: 0,
        out: `Catalog.Products 1.0.0 is published in ${file}\n`,
        error: ""
      })
      const { name, published } = JSON.parse(stored(at))
      assert.strictEqual(name, "Catalog.Products")
      assert.deepStrictEqual(published.map(({ version }: any) => version), [{ commands: "1.0.0", events: "1.0.0" }])
      const before = stored(at)
      assert.deepStrictEqual(yield* publish(at), {
        code: 0,
        out: "Catalog.Products 1.0.0 is published already\n",
        error: ""
      })
      assert.strictEqual(stored(at), before)
      assert.strictEqual((yield* check(at)).out, "Catalog.Products 1.0.0, as published\n")
    }))

  it.effect("refuses what check refuses, and leaves the file as it was", () =>
    Effect.gen(function*() {
      const first = folder({})
      yield* publish(first)
      const at = folder({ event: "price: Schema.String" }, first)
      const { code, error } = yield* publish(at)
      assert.strictEqual(code, 1)
      assert.include(
        error,
        "the events of 'Catalog.Products' are still 1.0.0, and break what was built with it: the field 'price' of event 'Listed'"
      )
      assert.strictEqual(stored(at), stored(first))
    }))

  it.effect("keeps the last contract of each major version", () =>
    Effect.gen(function*() {
      const first = folder({})
      yield* publish(first)
      const grown = folder(
        { version: "1.1.0", event: "price: Schema.Int, note: Schema.optionalKey(Schema.String)" },
        first
      )
      yield* publish(grown)
      const second = folder({ version: "2.0.0", event: "price: Schema.String" }, grown)
      assert.strictEqual((yield* publish(second)).code, 0)
      const { published } = JSON.parse(stored(second))
      assert.deepStrictEqual(published.map(({ version }: any) => version.events), ["1.1.0", "2.0.0"])
      assert.deepStrictEqual(Object.keys(published[0].events.Listed.fields), ["note", "price", "productId"])
    }))
})

describe("contracts check", () => {
  it.effect("ends with 1 for a change that breaks without a major version, and names the field", () =>
    Effect.gen(function*() {
      const first = folder({ command: "count: Schema.Int" })
      yield* publish(first)
      const { code, error, out } = yield* check(
        folder(
          { version: "1.1.0", event: "name: Schema.String", command: "count: Schema.Int, why: Schema.String" },
          first
        )
      )
      assert.strictEqual(code, 1)
      assert.strictEqual(out, "")
      const lines = error.split("\n").filter((line) => line.includes("'Catalog.Products'"))
      assert.deepStrictEqual(
        lines.map((line) => line.trim().replace(/^Error: /, "")),
        [
          "the commands of 'Catalog.Products' are 1.1.0, and break what was built with 1.0.0: the field 'why' of command " +
          "'Restock' is new, and must be there: who sends the command doesn't know it. Make it optional, or make the " +
          "contract 2.0.0 and serve 1.x with 'older'.",
          "the events of 'Catalog.Products' are 1.1.0, and break what was built with 1.0.0: the field 'name' of event " +
          "'Listed' is new, and must be there: what was published before hasn't got it. Make it optional, raise the " +
          "event's version with an upcast, or make the contract 2.0.0 and serve 1.x with 'older'.",
          "the events of 'Catalog.Products' are 1.1.0, and break what was built with 1.0.0: the field 'price' of event " +
          "'Listed' is gone: who reads it finds it missing. Take it back, or make the contract 2.0.0 and serve 1.x with " +
          "'older'."
        ]
      )
    }))

  it.effect("ends with 1 for an addition without a minor version, and for a version that went back", () =>
    Effect.gen(function*() {
      const first = folder({ version: "1.2.0" })
      yield* publish(first)
      const event = "price: Schema.Int, note: Schema.optionalKey(Schema.String)"
      const grown = yield* check(folder({ version: "1.2.1", event }, first))
      assert.strictEqual(grown.code, 1)
      assert.include(grown.error, "the field 'note' of event 'Listed' is new, and may be absent. Make it 1.3.0")
      const back = yield* check(folder({ version: "1.1.0" }, first))
      assert.strictEqual(back.code, 1)
      assert.include(back.error, "the events of 'Catalog.Products' went back from version 1.2.0 to 1.1.0")
    }))

  it.effect("says what changed when the version is right", () =>
    Effect.gen(function*() {
      const first = folder({})
      yield* publish(first)
      const event = "price: Schema.Int, note: Schema.optionalKey(Schema.String)"
      assert.strictEqual(
        (yield* check(folder({ version: "1.1.0", event }, first))).out,
        "Catalog.Products 1.1.0 after 1.0.0:\n  addition: the field 'note' of event 'Listed' is new, and may be absent\n"
      )
      assert.strictEqual(
        (yield* check(folder({ version: "1.0.1" }, first))).out,
        "Catalog.Products 1.0.1 after 1.0.0: nothing changed\n"
      )
      const said = yield* check(folder({ version: "1.1.0", event }, first), "--json")
      const { changes, contract, published, versions } = JSON.parse(said.out)
      assert.deepStrictEqual([contract, versions, published], [
        "Catalog.Products",
        [{ commands: "1.1.0", events: "1.1.0" }],
        [{ commands: "1.0.0", events: "1.0.0" }]
      ])
      assert.deepStrictEqual(changes.map(({ isBreaking, kind, path }: any) => [path, kind, isBreaking]), [
        ["note", "optional field added", false]
      ])
    }))

  it.effect("names what a new major version breaks, and the older one that isn't exported any more", () =>
    Effect.gen(function*() {
      const first = folder({ version: "1.1.0", event: "price: Schema.Int" })
      yield* publish(first)
      const second = folder({ version: "2.0.0", event: "name: Schema.String" }, first)
      const both = [
        "  breaks: the field 'name' of event 'Listed' is new, and must be there",
        "  breaks: the field 'price' of event 'Listed' is gone"
      ]
      const gone = "  1.x isn't exported any more: nobody should be left who connects with it"
      assert.deepStrictEqual(yield* check(second), {
        code: 0,
        out: ["Catalog.Products 2.0.0 after 1.1.0:", ...both, gone, ""].join("\n"),
        error: ""
      })
      assert.strictEqual((yield* publish(second)).code, 0)
      assert.deepStrictEqual(yield* check(second), {
        code: 0,
        out: ["Catalog.Products 2.0.0, as published:", gone, ""].join("\n"),
        error: ""
      })
      const said = yield* check(second, "--json")
      assert.deepStrictEqual(JSON.parse(said.out).dropped, [{ commands: "1.1.0", events: "1.1.0" }])
    }))

  it.effect("follows each major version of an extension point that is still served", () =>
    Effect.gen(function*() {
      const first = folder({})
      yield* publish(first)
      const older = (event: string) => ({
        version: "2.0.0",
        event: "price: Schema.String",
        more: `export class ListedV1 extends Event.make("Listed", { productId: ProductId, ${event} }) {}
export class ProductsV1 extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [ListedV1] }) {}`
      })
      assert.strictEqual((yield* check(folder(older("price: Schema.Int"), first))).code, 0)
      const { code, error } = yield* check(folder(older("cost: Schema.Int"), first))
      assert.strictEqual(code, 1)
      assert.include(
        error,
        "the events of 'Catalog.Products' are still 1.0.0, and break what was built with it: the field 'price' of event 'Listed' is gone"
      )
    }))

  it.effect("takes a package with two major versions, with the files that the guide shows", () =>
    Effect.gen(function*() {
      const at = folder({})
      const guide = path.join(import.meta.dirname, "../../../docs/examples/contracts/catalog-spec")
      fs.cpSync(guide, path.join(at, "catalog-spec/src"), { recursive: true })
      write(
        at,
        "catalog-spec/package.json",
        JSON.stringify({ name: "@x/catalog-spec", type: "module", exports: "./src/index.ts" })
      )
      assert.strictEqual((yield* check(at)).out, "Catalog.Books 1.1.0 and 2.0.0, not published yet\n")
      assert.strictEqual((yield* publish(at)).code, 0)
      assert.strictEqual((yield* check(at)).out, "Catalog.Books 1.1.0 and 2.0.0, as published\n")
    }))

  it.effect("ends with 1 for a contract that was published and isn't exported any more", () =>
    Effect.gen(function*() {
      const first = folder({})
      yield* publish(first)
      fs.writeFileSync(path.join(first, "catalog-spec/contracts/Catalog.Prices.json"), stored(first))
      const { code, error } = yield* check(first)
      assert.strictEqual(code, 1)
      assert.include(error, "'Catalog.Prices' was published, and its package doesn't export it any more")
    }))

  it.effect("warns when a contract uses what is internal to the plugin that provides it", () =>
    Effect.gen(function*() {
      const at = folder({})
      write(
        at,
        "catalog/plugin.ts",
        `
import { publishEvent } from "@reventless/core/Action"
import * as Plugin from "@reventless/core/Plugin"
import { Listed, Products } from "../catalog-spec/spec.ts"
export const Catalog = Plugin.make("Catalog", {
  version: "1.0.0",
  extensionPoints: [Products.mapping({ from: [Listed], outgoing: { Listed: (event) => publishEvent(event) } })]
})`
      )
      const { code, error } = yield* check(at, "--plugins", path.join(at, "catalog/plugin.ts"))
      assert.strictEqual(code, 0)
      assert.strictEqual(
        error,
        "Warning: event 'Listed' of contract 'Catalog.Products' is one of plugin 'Catalog' itself: whoever changes it " +
          "changes the contract. Give the contract a definition of its own, with what others need to know.\n"
      )
      const none = yield* check(at, "--plugins", path.join(at, "catalog-spec/spec.ts"))
      assert.strictEqual(none.code, 1)
      assert.include(none.error, "No plugin is exported by")
    }))
})

describe("a package of contracts", () => {
  const refusal = (at: string) => Effect.map(check(at), ({ code, error }) => [code, error] as const)

  it.effect("that isn't there is told", () =>
    Effect.gen(function*() {
      const at = fs.mkdtempSync(path.join(root, "none-"))
      const [code, error] = yield* refusal(at)
      assert.strictEqual(code, 1)
      assert.include(error, `There is no package of contracts in ${at}: their names end with '-spec'.`)
      assert.strictEqual((yield* refusal(path.join(at, "missing")))[0], 1)
    }))

  it.effect("that can't be imported is told, with the reason", () =>
    Effect.gen(function*() {
      const at = folder({ more: `throw new Error("no such thing")` })
      const [code, error] = yield* refusal(at)
      assert.strictEqual(code, 1)
      assert.include(
        error,
        "spec.ts can't be imported: no such thing. It must be JavaScript, or TypeScript that Node can run"
      )
    }))

  it.effect("that TypeScript can't be stripped from is told by the command itself", () =>
    Effect.gen(function*() {
      const at = folder({ more: "export enum Colour { Red }" })
      const { code, error } = yield* runProcess(["contracts", "check", at])
      assert.strictEqual(code, 1)
      assert.include(error, "spec.ts can't be imported")
      assert.include(error, "no enums, namespaces or parameter properties")
    }))

  it.effect("without an entry is told", () =>
    Effect.gen(function*() {
      const at = folder({})
      write(at, "catalog-spec/package.json", JSON.stringify({ name: "@x/catalog-spec", type: "module" }))
      assert.include(
        (yield* refusal(at))[1],
        "Package '@x/catalog-spec' has no entry: give its package.json an 'exports'"
      )
    }))

  it.effect("is found by conditions of its exports, and by names that it exports as modules", () =>
    Effect.gen(function*() {
      const at = folder({})
      write(at, "catalog-spec/index.ts", `export * as Spec from "./spec.ts"`)
      write(
        at,
        "catalog-spec/package.json",
        JSON.stringify({
          name: "@x/catalog-spec",
          type: "module",
          exports: { ".": { types: "./spec.d.ts", import: "./index.ts" }, "./*": "./*.ts" }
        })
      )
      assert.strictEqual((yield* check(at)).out, "Catalog.Products 1.0.0, not published yet\n")
    }))

  it.effect("doesn't export what another one does", () =>
    Effect.gen(function*() {
      const at = folder({})
      write(
        at,
        "ordering-spec/package.json",
        JSON.stringify({ name: "ordering-spec", type: "module", main: "spec.ts" })
      )
      write(at, "ordering-spec/spec.ts", `export * from "../catalog-spec/spec.ts"`)
      assert.include(
        (yield* refusal(at))[1],
        "'Catalog.Products' is exported by '@x/catalog-spec' and by 'ordering-spec': export it from its own alone."
      )
    }))

  it.effect("has files that nobody changes by hand", () =>
    Effect.gen(function*() {
      const at = folder({})
      yield* publish(at)
      fs.writeFileSync(path.join(at, "catalog-spec/contracts/Catalog.Products.json"), "{}")
      const [code, error] = yield* refusal(at)
      assert.strictEqual(code, 1)
      assert.include(error, "Catalog.Products.json can't be read")
      assert.include(error, "Take back what was changed in it by hand")
    }))
})
