import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { resolver } from "./kitchen.ts"
import { run, runProcess, type Surroundings } from "./run.ts"

const ProductId = Id.make("product")
class ProductSold extends Event.make("ProductSold", { productId: ProductId }) {}
const products = (version: string) => ExtensionPoint.make("Catalog.Products", { version, events: [ProductSold] })

const shop = HttpServer.layer({ port: 0 }).pipe(
  Layer.provideMerge(Platform.layer({
    version: "1.0.0",
    operators: Access.groups("operators"),
    plugins: [
      Plugin.make("Catalog", { version: "1.0.0", extensionPoints: [products("1.0.0").mapping({})] }),
      Plugin.make("Ordering", {
        version: "2.0.0",
        extensions: [products("1.1.0").extension({ incoming: { ProductSold: () => [] } })]
      })
    ]
  })),
  Layer.provide(Platform.layerMemory),
  Layer.provide(resolver)
)

/** Runs the command as an operator. */
const asAda = Effect.fnUntraced(function*(args: ReadonlyArray<string>, surroundings: Surroundings = {}) {
  const { url } = yield* HttpServer.HttpServer
  return yield* run(args, { ...surroundings, env: { REVENTLESS_URL: url, REVENTLESS_TOKEN: "ada" } })
})

const terminal = { columns: 400 }

/** A table's cells, without when things were. */
const cells = (text: string) =>
  text.trim().split("\n").map((line) =>
    line
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, "then")
      .replace(/[\d.]+ m?s ago/, "just now")
      .split(/ {2,}/).filter((cell) => cell !== "")
  )

describe("the command line", () => {
  it.live("shows the plugins with their versions, and takes one out of use", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(cells((yield* asAda(["plugins"], terminal)).out), [
        ["PLUGIN", "VERSION", "STATUS", "SINCE (UTC)", "RUN BY", "HEARD OF", "CURRENT", "BY", "WHY"],
        ["Catalog", "1.0.0", "connected", "then", "1", "just now", "current"],
        ["Ordering", "2.0.0", "connected", "then", "1", "just now", "current"]
      ])
      const because = ["Catalog", "1.0.0", "--why", "it is slow"]
      const deactivated = yield* asAda(["plugins", "deactivate", ...because], terminal)
      assert.strictEqual(deactivated.out, "Catalog 1.0.0 is inactive; no version is current now.\n")
      assert.deepStrictEqual(cells((yield* asAda(["plugins"], terminal)).out)[1], [
        "Catalog",
        "1.0.0",
        "inactive",
        "then",
        "1",
        "just now",
        "ada",
        "it is slow"
      ])
      const activated = yield* asAda(["plugins", "activate", ...because], terminal)
      assert.strictEqual(activated.out, "Catalog 1.0.0 may work again; 1.0.0 is current.\n")
      const retired = yield* asAda(["plugins", "retire", ...because], terminal)
      assert.strictEqual(retired.out, "Catalog 1.0.0 is retired for good; no version is current now.\n")
      const stillRun = ["Catalog", "1.0.0", "retired", "then", "1", "just now", "ada", "it is slow"]
      assert.deepStrictEqual(cells((yield* asAda(["plugins"], terminal)).out)[1], stillRun)
      const again = yield* asAda(["plugins", "activate", ...because], terminal)
      assert.strictEqual(again.code, 1)
      assert.include(again.error, "Version 1.0.0 of plugin 'Catalog' is retired, for good: deploy another version.")
      const lower = yield* asAda(["plugins", "activate", "catalog", "1.0.0", "--why", "it is slow"], terminal)
      assert.strictEqual(lower.code, 1)
      assert.include(lower.error, "There is no plugin 'catalog'; did you mean 'Catalog'?")
      const [line] = (yield* asAda(["plugins"])).out.split("\n")
      const plugin = JSON.parse(line!)
      assert.deepInclude(plugin, { plugin: "Catalog", last: "1.0.0" })
      const [{ heard, since }] = plugin.versions[0].instances
      assert.isAtLeast(heard, since - 60_000)
    }).pipe(Effect.provide(shop)))

  it.live("shows which extensions are refused, why, and what to do", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(cells((yield* asAda(["connections"], terminal)).out), [
        ["PLUGIN", "EXTENSION POINT", "MADE FOR CONTRACT", "STATUS", "PROVIDER", "WHY"],
        [
          "Ordering 2.0.0",
          "Catalog.Products",
          "1.1.0",
          "refused",
          "Catalog 1.0.0",
          "'Ordering' 2.0.0 was made for the events 1.1.0 of 'Catalog.Products', and 'Catalog' 1.0.0 provides 1.0.0: " +
          "deploy the provider first"
        ]
      ])
    }).pipe(Effect.provide(shop)))

  it.live("says what was typed wrong last, with one line of help", () =>
    Effect.gen(function*() {
      const said = yield* runProcess(["plugins", "activate", "Catalog", "1.0.0"])
      assert.deepStrictEqual([said.code, said.out], [1, ""])
      const [usage, error, ...rest] = said.error.split("\n")
      assert.match(usage!, /^Usage: reventless plugins activate .*\(--help says more\)$/)
      assert.deepStrictEqual([error, rest], ["Missing required flag: --why", [""]])
      const state = yield* runProcess(["work", "--state", "broken"])
      assert.include(state.error.trim().split("\n").at(-1), "Parked")
    }))
})
