import { assert, describe, it } from "@effect/vitest"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import { PlatformPlugin } from "@reventless/core/PlatformPlugin"
import * as Plugin from "@reventless/core/Plugin"
import * as PluginRuntime from "@reventless/core/PluginRuntime"
import * as Signal from "@reventless/core/Signal"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import * as Lifecycle from "../src/internal/registry/lifecycle.ts"
import * as Queries from "../src/internal/views/queryEngine.ts"
import * as ViewRunner from "../src/internal/views/viewRunner.ts"
import * as WorkRunner from "../src/internal/work/workRunner.ts"
import { type AnyPlugin, byHand, start as startPlatform, type Stores, stores, turns } from "./fixtures/processes.ts"

const ProductId = Id.make("product")
class ProductSold extends Event.make("ProductSold", { productId: ProductId }) {}
const products = (version: string) => ExtensionPoint.make("Catalog.Products", { version, events: [ProductSold] })

const catalog = (version: string, contract = "1.0.0"): AnyPlugin =>
  Plugin.make("Catalog", { version, extensionPoints: [products(contract).mapping({})] })
const ordering = (version: string, contract = "1.0.0"): AnyPlugin =>
  Plugin.make("Ordering", {
    version,
    extensions: [products(contract).extension({ incoming: { ProductSold: () => [] } })]
  })

/** A process with nothing but the lives of its plugins. */
const start = Effect.fnUntraced(function*(shared: Stores, plugins: ReadonlyArray<AnyPlugin>) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  return yield* Effect.gen(function*() {
    const access = { _tag: "Groups", groups: [] } as const
    const runtime = yield* PluginRuntime.make(PlatformPlugin, { defaultAccess: access })
    const [behavior] = PlatformPlugin.views
    const { spec } = behavior!.definition
    yield* runtime.rows.open(spec.name, spec.fingerprint)
    const { progress, run } = ViewRunner.make(runtime, behavior!)
    yield* Effect.forkScoped(run)
    const view = { name: "Platform.Plugins", spec, access, rows: runtime.rows, progress }
    const { lifecycle, registry, worker } = yield* Lifecycle.make({
      plugins,
      builtIn: runtime,
      queries: Queries.make(new Map([[spec, view]])),
      clockSet: Signal.make()
    })
    yield* Effect.forkScoped(WorkRunner.keepRunning(runtime.work, worker))
    return { ...lifecycle, registry, stop: Scope.close(scope, Exit.void) }
  }).pipe(Effect.provideContext(shared), Scope.provide(scope))
})

/** Counts how often something begins and ends. */
const counter = () => {
  const counts = { begun: 0, running: 0 }
  const run: Effect.Effect<never> = Effect.acquireUseRelease(
    Effect.sync(() => {
      counts.begun++
      counts.running++
    }),
    () => Effect.never,
    () => Effect.sync(() => counts.running--)
  )
  return { counts, run }
}

describe("what a plugin's extension points do", () => {
  it.effect("is done by the current version alone, and begun anew when that is so again", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const older = yield* start(shared, [catalog("1.0.0")])
      const { counts, run } = counter()
      yield* Effect.forkScoped(older.whileCurrent("Catalog", run))
      yield* turns
      assert.deepStrictEqual(counts, { begun: 1, running: 1 })
      const newer = yield* start(shared, [catalog("1.1.0")])
      const second = counter()
      yield* Effect.forkScoped(newer.whileCurrent("Catalog", second.run))
      yield* turns
      assert.deepStrictEqual([counts, second.counts], [{ begun: 1, running: 0 }, { begun: 1, running: 1 }])
      yield* newer.stop
      yield* turns
      assert.deepStrictEqual(counts, { begun: 2, running: 1 })
    }))

  it.effect("goes on without a pause while the process is heard", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const process = yield* start(shared, [catalog("1.0.0")])
      const { counts, run } = counter()
      yield* Effect.forkScoped(process.whileCurrent("Catalog", run))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(counts, { begun: 1, running: 1 })
    }))

  it.effect("rests while the version is inactive or retired", () =>
    Effect.gen(function*() {
      const { registry, whileCurrent } = yield* start(yield* stores, [catalog("1.0.0")])
      const { counts, run } = counter()
      yield* Effect.forkScoped(whileCurrent("Catalog", run))
      yield* turns
      const after = Effect.fnUntraced(function*(act: typeof registry.activate) {
        yield* Effect.ignore(act("Catalog", "1.0.0", "test"))
        yield* turns
        return counts.running
      })
      const { activate, deactivate, retire } = registry
      const running = yield* Effect.forEach([deactivate, activate, retire, activate], after)
      assert.deepStrictEqual(running, [0, 1, 0, 0])
    }))
})

describe("what an extension does", () => {
  it.effect("waits for its provider, and goes on while that is away", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { connection, whileConnected } = yield* start(shared, [ordering("1.0.0")])
      const { counts, run } = counter()
      yield* Effect.forkScoped(whileConnected("Ordering", "Catalog.Products", run))
      yield* turns
      assert.deepStrictEqual(counts, { begun: 0, running: 0 })
      assert.deepStrictEqual(yield* connection("Ordering", "Catalog.Products"), {
        _tag: "Waiting",
        reason: "nobody provides 'Catalog.Products' yet"
      })
      const provider = yield* start(shared, [catalog("1.0.0")])
      yield* turns
      assert.deepStrictEqual(counts, { begun: 1, running: 1 })
      yield* provider.stop
      yield* turns
      assert.deepStrictEqual(counts, { begun: 1, running: 1 })
      assert.deepInclude(yield* connection("Ordering", "Catalog.Products"), { _tag: "Connected" })
    }))

  it.effect("stops when an incompatible version of the provider comes, and goes on when it is rolled back", () => {
    const errors: Array<unknown> = []
    const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
      if (logLevel === "Error") errors.push(...(Array.isArray(message) ? message : [message]))
    })
    return Effect.gen(function*() {
      const shared = yield* stores
      const { registry, whileConnected } = yield* start(shared, [ordering("1.0.0"), catalog("1.0.0")])
      const { counts, run } = counter()
      yield* Effect.forkScoped(whileConnected("Ordering", "Catalog.Products", run))
      const broken = yield* start(shared, [catalog("2.0.0", "2.0.0")])
      yield* turns
      assert.deepStrictEqual(counts, { begun: 1, running: 0 })
      const [refused] = yield* registry.connections
      assert.deepInclude(refused, { status: "refused", provider: "2.0.0" })
      assert.deepStrictEqual(errors, [`An extension is refused: ${refused!.reason}`])
      // Another that refuses for the same reason, and time, are no news.
      yield* start(shared, [catalog("2.0.0", "2.0.0")])
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(errors, 1)
      yield* broken.stop
      yield* registry.deactivate("Catalog", "2.0.0", "it is incompatible")
      yield* turns
      assert.deepStrictEqual(counts, { begun: 2, running: 1 })
      assert.deepInclude((yield* registry.connections)[0], { status: "connected", provider: "1.0.0" })
      assert.lengthOf(errors, 1)
    }).pipe(Effect.provide(Logger.layer([logger])))
  })

  it.effect("is done by the current version of its own plugin alone", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const older = yield* start(shared, [ordering("1.0.0"), catalog("1.0.0")])
      const { counts, run } = counter()
      yield* Effect.forkScoped(older.whileConnected("Ordering", "Catalog.Products", run))
      yield* start(shared, [ordering("1.1.0")])
      yield* turns
      assert.deepStrictEqual(counts.running, 0)
    }))
})

/** What a process says at the level of information and above. */
const listener = () => {
  const said: Array<unknown> = []
  const logger = Logger.make<unknown, void>(({ message }) => {
    said.push(...(Array.isArray(message) ? message : [message]))
  })
  return { said, layer: Logger.layer([logger]) }
}

describe("which version is current", () => {
  it.effect("is said by each process when another takes over, and when it is as before", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const [one, two] = [listener(), listener()]
      const { registry } = yield* Effect.provide(start(shared, [catalog("1.0.0")]), one.layer)
      yield* turns
      assert.deepStrictEqual(one.said, [])
      const newer = yield* Effect.provide(start(shared, [catalog("1.1.0")]), two.layer)
      yield* turns
      const promoted = "Catalog 1.1.0 is current now; 1.0.0 rests"
      assert.deepStrictEqual([one.said, two.said], [[promoted], [promoted]])
      yield* registry.deactivate("Catalog", "1.1.0", "it is slow")
      yield* turns
      const back = "Catalog 1.0.0 is current now; 1.1.0 is inactive"
      assert.deepStrictEqual([one.said, two.said], [[promoted, back], [promoted, back]])
      yield* registry.activate("Catalog", "1.1.0", "it was the disk")
      yield* turns
      yield* newer.stop
      yield* TestClock.adjust("1 hour")
      const stopped = "Catalog 1.0.0 is current now; 1.1.0 is disconnected"
      assert.deepStrictEqual([one.said, two.said], [[promoted, back, promoted, stopped], [promoted, back, promoted]])
      yield* registry.deactivate("Catalog", "1.0.0", "it is slow, too")
      yield* turns
      assert.strictEqual(one.said.at(-1), "No version of Catalog is current now; 1.0.0 is inactive")
    }))

  it.effect("is all that is said of it: a follower of more events than before is not said to be rebuilt", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      class ProductAdded extends Event.make("ProductAdded", { productId: ProductId }) {}
      const both = ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [ProductSold, ProductAdded] })
      const more = Plugin.make("Ordering", {
        version: "1.1.0",
        extensions: [both.extension({ incoming: { ProductSold: () => [], ProductAdded: () => [] } })]
      })
      const provider = Plugin.make("Catalog", { version: "1.0.0", extensionPoints: [both.mapping({})] })
      const [one, two] = [listener(), listener()]
      yield* Effect.provide(startPlatform(shared, [provider, ordering("1.0.0")]), one.layer)
      yield* turns
      const newer = yield* Effect.provide(startPlatform(shared, [more]), two.layer)
      yield* TestClock.adjust("1 minute")
      yield* newer.stop
      yield* TestClock.adjust("1 minute")
      const promoted = "Ordering 1.1.0 is current now; 1.0.0 rests"
      assert.deepStrictEqual([one.said, two.said], [
        [promoted, "Ordering 1.0.0 is current now; 1.1.0 is disconnected"],
        [promoted]
      ])
    }))
})

describe("a plugin's extension points", () => {
  it.effect("are known since it connected with them first, and not since it was there", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      yield* TestClock.adjust("1 minute")
      yield* (yield* byHand(shared, Plugin.make("Catalog", { version: "1.0.0" }), "without")).beat
      yield* TestClock.adjust("1 minute")
      yield* (yield* byHand(shared, catalog("1.1.0"), "first")).beat
      yield* TestClock.adjust("1 minute")
      const { registry, since } = yield* start(shared, [catalog("1.1.0"), ordering("1.0.0")])
      yield* registry.plugins
      assert.strictEqual(yield* since("Catalog", "Catalog.Products"), 120_000)
      assert.strictEqual(yield* since("Ordering", "Catalog.Products"), 180_000)
    }))
})
