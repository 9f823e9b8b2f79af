import { assert, describe, it } from "@effect/vitest"
import * as Platform from "@reventless/core/Platform"
import { type RegisteredPlugin, Registry } from "@reventless/core/Registry"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawn } from "node:child_process"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { newFile } from "./support.ts"

/** A plugin in a process of its own. */
const start = Effect.fnUntraced(
  function*(filename: string, plugin: "Catalog" | "Ordering", version = "1.0.0", contract = "1.0.0") {
    const started = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const file = path.join(import.meta.dirname, "plugins-platform/child.ts")
        const child = spawn(process.execPath, [file, filename, plugin, version, contract], {
          stdio: ["pipe", "pipe", "pipe"]
        })
        child.stdin.on("error", () => {})
        const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
        let text = ""
        let log = ""
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => text += chunk)
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => log += chunk)
        const lines = () => text.split("\n").slice(0, -1)
        return {
          lines,
          log: () => log,
          said: (line: string) => Effect.repeat(Effect.sleep(5), { until: () => lines().includes(line) }),
          add: (product: string) => Effect.sync(() => child.stdin.write(`${product}\n`)),
          /** Ends it as a deployment does. */
          stop: Effect.andThen(Effect.sync(() => child.stdin.end()), Effect.promise(() => ended)),
          /** Ends it as a crash does. */
          kill: Effect.andThen(Effect.sync(() => child.kill("SIGKILL")), Effect.promise(() => ended))
        }
      }),
      ({ kill }) => kill
    )
    yield* started.said("ready")
    return started
  }
)

/** Waits until an event of this type and tag is in the file. */
const stored = Effect.fnUntraced(function*(filename: string, type: string, tag: string) {
  const sqlite = new DatabaseSync(filename)
  const found = sqlite.prepare("SELECT 1 FROM events WHERE type = ? AND tags = json_array(?)")
  yield* Effect.repeat(Effect.sleep(5), { until: () => found.get(type, tag) !== undefined })
  sqlite.close()
})

/** The registry, as a process without a plugin sees it. */
const registryOf = Effect.fnUntraced(function*(filename: string) {
  const platform = Platform.layer({ version: "1.0.0", plugins: [] })
  const built = yield* Layer.build(Layer.provide(platform, SqlitePlatform.layer({ filename })))
  const registry = Context.get(built, Registry)
  const plugins = Effect.map(registry.plugins, (all) => new Map(all.map((one) => [String(one.plugin), one])))
  return {
    ...registry,
    until: (isSo: (plugins: ReadonlyMap<string, RegisteredPlugin>) => boolean) =>
      Effect.repeat(Effect.andThen(Effect.sleep(5), plugins), { until: (all) => isSo(all) })
  }
})

describe("plugins in processes of their own, on one file", () => {
  it.live(
    "find each other through the registry: what the one sells, the other one offers",
    () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        const ordering = yield* start(filename, "Ordering")
        const { connections, until } = yield* registryOf(filename)
        assert.deepInclude((yield* connections)[0], {
          status: "waiting",
          reason: "nobody provides 'Catalog.Products' yet"
        })
        const catalog = yield* start(filename, "Catalog")
        yield* catalog.add("kettle")
        yield* ordering.said("offered kettle")
        assert.deepInclude((yield* connections)[0], { status: "connected", provider: "1.0.0" })

        // The provider stops and starts again.
        yield* catalog.stop
        yield* until((plugins) => plugins.get("Catalog")!.current === undefined)
        assert.deepInclude((yield* connections)[0], { status: "connected", provider: "1.0.0" })
        const again = yield* start(filename, "Catalog")
        yield* again.add("pot")
        yield* ordering.said("offered pot")
        // What is said when it is decided is decided again, unless it was also stored.
        yield* stored(filename, "ProductOffered", "product:pot")

        // The one that follows is killed; it goes on where it was.
        yield* ordering.kill
        yield* again.add("pan")
        yield* again.said("added pan")
        const follower = yield* start(filename, "Ordering")
        yield* follower.said("offered pan")
        assert.deepStrictEqual(follower.lines(), ["ready", "offered pan"])
      }).pipe(Effect.scoped)
  )

  it.live(
    "stand side by side in several versions: an incompatible one is refused, and nothing is lost when it goes",
    () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        const ordering = yield* start(filename, "Ordering")
        const fine = yield* start(filename, "Catalog")
        const broken = yield* start(filename, "Catalog", "2.0.0", "2.0.0")
        const { connections, until } = yield* registryOf(filename)
        yield* until((plugins) => plugins.get("Catalog")!.current === "2.0.0")
        assert.deepInclude((yield* connections)[0], { status: "refused", provider: "2.0.0" })
        yield* fine.add("kettle")
        yield* fine.said("added kettle")
        assert.deepStrictEqual(ordering.lines(), ["ready"])
        yield* Effect.repeat(Effect.sleep(5), { until: () => ordering.log().includes("An extension is refused") })
        yield* broken.stop
        yield* ordering.said("offered kettle")
        assert.deepInclude((yield* connections)[0], { status: "connected", provider: "1.0.0" })
        assert.lengthOf(ordering.log().match(/An extension is refused/g) ?? [], 1)
      }).pipe(Effect.scoped)
  )
})
