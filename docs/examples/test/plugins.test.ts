import { assert, describe, it } from "@effect/vitest"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { Registry } from "@reventless/core/Registry"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Library } from "../library/library.ts"
import { orderingAlone } from "../plugins/alone.ts"
import { rollBack } from "../plugins/registry.ts"

const products = (version: string) => ExtensionPoint.make("Catalog.Products", { version, events: [] })

const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "reventless-docs-"))),
  (created) => Effect.sync(() => fs.rmSync(created, { recursive: true }))
)

describe("the lives of plugins", () => {
  it.effect("a provider that refuses a follower is taken out of use", () =>
    Effect.gen(function*() {
      yield* rollBack
      const [catalog] = yield* (yield* Registry).plugins
      assert.deepInclude(catalog!.versions[0], { status: "inactive", by: "System" })
      assert.include(catalog!.versions[0]!.why, "deploy the provider first")
    }).pipe(
      Effect.provide(TestPlatform.layer({
        plugins: [
          Plugin.make("Catalog", { version: "1.0.0", extensionPoints: [products("1.0.0").mapping({})] }),
          Plugin.make("Ordering", { version: "1.0.0", extensions: [products("1.1.0").extension({ incoming: {} })] })
        ]
      }))
    ))

  it.live("a plugin alone in its process waits for its provider", () =>
    Effect.gen(function*() {
      const [connection] = yield* Effect.provide(
        Effect.flatMap(Registry, ({ connections }) => connections),
        Layer.fresh(orderingAlone(path.join(yield* folder, "shop.db")))
      )
      assert.deepInclude(connection, { status: "waiting", reason: "nobody provides 'Catalog.Products' yet" })
    }).pipe(Effect.scoped))

  it.live("the higher of two versions is current while it runs, then the lower one again", () =>
    Effect.gen(function*() {
      const filename = path.join(yield* folder, "library.db")
      // #region versions
      const running = (version: string) =>
        Layer.fresh(
          Platform.layer({ version: "1.0.0", plugins: [{ ...Library, version }] }).pipe(
            Layer.provide(SqlitePlatform.layer({ filename }))
          )
        )
      const current = Effect.gen(function*() {
        const [library] = yield* (yield* Registry).plugins
        return library?.current
      })

      yield* Effect.gen(function*() {
        assert.strictEqual(yield* current, "1.0.0")
        assert.strictEqual(yield* Effect.provide(current, running("1.1.0")), "1.1.0")
        // 1.1.0 is stopped here, and its place taken again.
        yield* Effect.repeat(current, {
          until: (version) => version === "1.0.0",
          schedule: Schedule.spaced("5 millis")
        })
      }).pipe(Effect.provide(running("1.0.0")))
      // #endregion versions
    }).pipe(Effect.scoped))
})
