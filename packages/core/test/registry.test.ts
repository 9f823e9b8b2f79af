import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as Event from "@reventless/core/Event"
import { EventStoreError, StoreUnavailable } from "@reventless/core/EventStore"
import { EventStores } from "@reventless/core/EventStores"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import { PlatformPlugin, Plugins } from "@reventless/core/PlatformPlugin"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { PluginName } from "@reventless/core/Registry"
import { Scheduler } from "@reventless/core/Scheduler"
import { WorkStoreError, WorkStores } from "@reventless/core/WorkStore"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { type AnyPlugin, brief, byHand, log, start, stores, turns } from "./fixtures/processes.ts"

const ProductId = Id.make("product")
class ProductSold extends Event.make("ProductSold", { productId: ProductId }) {}
class Products extends ExtensionPoint.make("Catalog.Products", { version: "1.2.0", events: [ProductSold] }) {}

const catalog = (version: string, heartbeatInterval: Duration.Input = "5 minutes"): AnyPlugin =>
  Plugin.make("Catalog", { version, heartbeatInterval, extensionPoints: [Products.mapping({})] })
const ordering: AnyPlugin = Plugin.make("Ordering", {
  version: "1.0.0",
  extensions: [Products.extension({ incoming: { ProductSold: () => [] } })]
})
const watcher: AnyPlugin = Plugin.make("Watcher", { version: "1.0.0" })

const as = (principal: Principal.Principal) => Effect.provideService(Principal.CurrentPrincipal, principal)
const ada = as(Principal.user("ada", ["operators"]))

/** Collects what is logged as an error. */
const collectErrors = () => {
  const errors: Array<string> = []
  const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
    if (logLevel === "Error") errors.push(String(Array.isArray(message) ? message[0] : message))
  })
  return { errors, layer: Logger.layer([logger]) }
}

describe("the registry", () => {
  it.effect("knows every plugin of a platform once it runs, and how its extensions stand", () =>
    Effect.gen(function*() {
      const { built, registry } = yield* start(yield* stores, [catalog("1.0.0"), ordering])
      const plugins = yield* registry.plugins
      assert.deepStrictEqual(brief(plugins), {
        Catalog: ["1.0.0", "1.0.0 connected 1"],
        Ordering: ["1.0.0", "1.0.0 connected 1"]
      })
      const [{ points, versions: [version] }] = [plugins[0]!]
      assert.deepStrictEqual(points, { "Catalog.Products": 0 })
      assert.deepStrictEqual(version!.definition, {
        name: "Catalog",
        version: "1.0.0",
        heartbeatInterval: 300_000,
        extensionPoints: [{ name: "Catalog.Products", commands: "1.2.0", events: "1.2.0", older: [] }],
        extensions: []
      })
      const connections = [{
        plugin: "Ordering",
        version: "1.0.0",
        extensionPoint: "Catalog.Products",
        commands: "1.2.0",
        events: "1.2.0",
        status: "connected" as const,
        provider: "1.0.0"
      }]
      assert.deepStrictEqual(yield* registry.connections, connections)
      assert.deepStrictEqual(yield* Context.get(built, Operations).connections, connections)
    }))

  it.effect("is a view like others: it is asked, listed among the views and rebuilt", () =>
    Effect.gen(function*() {
      const { built } = yield* start(yield* stores, [catalog("1.0.0")])
      const before = yield* Context.get(built, QueryEngine).get(Plugins, PluginName.make("Catalog"))
      assert.strictEqual(Option.getOrThrow(before).current, "1.0.0")
      const operations = Context.get(built, Operations)
      yield* Stream.runDrain(operations.rebuild("Platform.Plugins"))
      assert.deepInclude((yield* operations.views).at(-1), { view: "Platform.Plugins", generation: 2, lagMillis: 0 })
      assert.deepStrictEqual(yield* Context.get(built, QueryEngine).get(Plugins, PluginName.make("Catalog")), before)
    }))

  it.effect("has one event for each connection, and none for heartbeats", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry, stop } = yield* start(shared, [catalog("1.0.0"), ordering])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual((yield* log(shared)).toSorted(), [
        "PluginConnected Catalog 1.0.0",
        "PluginConnected Ordering 1.0.0"
      ])
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], ["1.0.0", "1.0.0 connected 1"])
      yield* stop
      assert.deepStrictEqual((yield* log(shared)).slice(2).toSorted(), [
        "PluginDisconnected Catalog 1.0.0 stopped",
        "PluginDisconnected Ordering 1.0.0 stopped"
      ])
      const work = yield* Context.get(shared, WorkStores).of("Platform")
      assert.deepStrictEqual(yield* work.list("heartbeats", { limit: 10 }), [])
    }))

  it.effect("knows that a plugin can't be asked here because another process runs it", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      yield* (yield* byHand(shared, ordering, "elsewhere")).beat
      const { built } = yield* start(shared, [catalog("1.0.0")])
      const operations = Context.get(built, Operations)
      const here = "doesn't run in this process, which has Catalog, Platform: ask the one that runs it"
      assert.include((yield* Effect.flip(operations.work({ plugin: "Ordering" }))).message, `Ordering ${here}`)
      assert.include((yield* Effect.flip(operations.events("Ordering", {}))).message, `Ordering ${here}`)
      const unknown = yield* Effect.flip(operations.events("Bath", {}))
      assert.include(unknown.message, "there is no such plugin; there are Catalog, Platform")
    }))

  it.effect("shows its own work to operators only where it is parked, and never as somebody's schedule", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { built } = yield* start(shared, [catalog("1.0.0")])
      const operations = Context.get(built, Operations)
      assert.deepStrictEqual(yield* Context.get(built, Scheduler).list, [])
      assert.deepStrictEqual((yield* operations.work()).work, [])
      assert.deepStrictEqual((yield* operations.work({ plugin: "Platform", state: "Pending" })).work, [])
      const work = yield* Context.get(shared, WorkStores).of("Platform")
      yield* work.add("heartbeats", [{ id: "damaged", lane: "damaged", due: 0, content: { plugin: "Catalog" } }], 0)
      yield* turns
      const parked = (yield* operations.work()).work
      assert.deepStrictEqual(parked.map(({ id, plugin, queue, state }) => [plugin, queue, id, state]), [
        ["Platform", "heartbeats", "damaged", "Parked"]
      ])
      assert.include(parked[0]!.reason, "version")
    }))
})

describe("an event of the registry that can't be read", () => {
  it.effect("is parked for everybody to see, and no other plugin waits for it", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { store } = yield* Context.get(shared, EventStores).of({ name: "Platform", plan: PlatformPlugin.plan })
      const meta = { messageId: "1", correlationId: "1", time: 0, service: "test", schemaVersion: 1 }
      yield* store.append([{ type: "PluginConnected", tags: ["plugin:Catalog"], data: {}, meta }], {})
      const { built, registry } = yield* start(shared, [catalog("1.0.0"), watcher])
      assert.deepStrictEqual(Object.keys(brief(yield* registry.plugins)), ["Watcher"])
      const { parked, views } = Context.get(built, Operations)
      assert.deepInclude((yield* views).at(-1), { blocked: [{ lane: "Catalog", parked: 1 }] })
      const [event] = (yield* parked("Platform.Plugins")).parked
      assert.include(event!.reason, "PluginConnected")
    }))
})

describe("a plugin of which nothing is heard", () => {
  const boundaries: ReadonlyArray<readonly [interval: Duration.Input, allowed: Duration.Input]> = [
    ["1 second", "121 seconds"],
    ["4 minutes", "6 minutes"],
    ["5 minutes", "450 seconds"],
    ["1 hour", "90 minutes"]
  ]
  for (const [interval, allowed] of boundaries) {
    it.effect(`is disconnected ${allowed} after its last heartbeat when it has one each ${interval}`, () =>
      Effect.gen(function*() {
        const shared = yield* stores
        const { registry } = yield* start(shared, [watcher])
        const dead = yield* byHand(shared, catalog("1.0.0", interval), "dead")
        yield* dead.beat
        yield* TestClock.adjust(interval)
        yield* dead.beat
        yield* TestClock.adjust(Duration.subtract(Duration.fromInputUnsafe(allowed), Duration.millis(1)))
        assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], ["1.0.0", "1.0.0 connected 1"])
        yield* TestClock.adjust("1 millis")
        assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], [undefined, "1.0.0 disconnected 0"])
        assert.include(yield* log(shared), "PluginDisconnected Catalog 1.0.0 silent")
      }))
  }

  it.effect("is disconnected by whoever starts next when nobody was there", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      yield* (yield* byHand(shared, catalog("2.0.0"), "dead")).beat
      yield* TestClock.adjust("1 day")
      const { registry } = yield* start(shared, [catalog("1.0.0")])
      yield* turns
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], [
        "1.0.0",
        "2.0.0 disconnected 0",
        "1.0.0 connected 1"
      ])
    }))

  it.effect("can't be connected and forgotten: what can't leave its switch behind doesn't connect", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { of } = Context.get(shared, WorkStores)
      const failing = new WorkStoreError({ detail: "the test says so", isRetryable: true })
      const away = Context.add(shared, WorkStores, {
        of: (plugin) => Effect.map(of(plugin), (store) => ({ ...store, put: () => Effect.fail(failing) }))
      })
      assert.strictEqual(yield* Effect.flip((yield* byHand(away, catalog("1.0.0"), "a")).beat), failing)
      assert.deepStrictEqual(yield* log(shared), [])
    }))

  it.effect("is connected again by its next heartbeat", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [watcher])
      const suspended = yield* byHand(shared, catalog("1.0.0"), "suspended")
      yield* suspended.beat
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], [undefined, "1.0.0 disconnected 0"])
      yield* suspended.beat
      yield* turns
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], ["1.0.0", "1.0.0 connected 1"])
      assert.deepStrictEqual((yield* log(shared)).filter((line) => line.includes("Catalog")), [
        "PluginConnected Catalog 1.0.0",
        "PluginDisconnected Catalog 1.0.0 silent",
        "PluginConnected Catalog 1.0.0"
      ])
    }))

  it.effect("and that runs nevertheless connects again at once", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [catalog("1.0.0")])
      const [{ versions }] = [(yield* registry.plugins)[0]!]
      const another = yield* byHand(shared, catalog("1.0.0"), versions[0]!.instances[0]!.id)
      yield* another.leave
      yield* turns
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], ["1.0.0", "1.0.0 connected 1"])
      assert.lengthOf(yield* log(shared), 3)
      // Who says so again and again isn't answered more often than by heartbeats.
      yield* another.leave
      yield* TestClock.adjust("299 seconds")
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], [undefined, "1.0.0 disconnected 0"])
      yield* TestClock.adjust("1 seconds")
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], ["1.0.0", "1.0.0 connected 1"])
    }))

  it.effect("may not be silent for longer because the clock was set back, and one that is heard isn't disconnected", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 day")
      const clock = yield* Clock.Clock
      let behind = 0
      const settable: Clock.Clock = {
        ...clock,
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() - behind,
        currentTimeMillis: Effect.sync(() => clock.currentTimeMillisUnsafe() - behind)
      }
      yield* Effect.gen(function*() {
        const shared = yield* stores
        const { registry } = yield* start(shared, [watcher])
        yield* (yield* byHand(shared, catalog("1.0.0"), "dead")).beat
        behind = 3_600_000
        // Within a minute it is noticed, and 450 seconds of silence are counted from there.
        yield* TestClock.adjust("510 seconds")
        assert.deepStrictEqual(brief(yield* registry.plugins), {
          Catalog: [undefined, "1.0.0 disconnected 0"],
          Watcher: ["1.0.0", "1.0.0 connected 1"]
        })
        yield* TestClock.adjust("2 hours")
        assert.deepStrictEqual(brief(yield* registry.plugins)["Watcher"], ["1.0.0", "1.0.0 connected 1"])
        assert.lengthOf(yield* log(shared), 3)
      }).pipe(Effect.provideService(Clock.Clock, settable))
    }))
})

describe("versions side by side", () => {
  it.effect("have the highest as the current one, by the rules of SemVer", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      for (const version of ["1.9.0", "1.10.0", "1.10.0-rc.1"]) yield* start(shared, [catalog(version)])
      const { registry } = yield* start(shared, [watcher])
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], [
        "1.10.0",
        "1.10.0 connected 1",
        "1.10.0-rc.1 connected 1",
        "1.9.0 connected 1"
      ])
    }))

  it.effect("have the next lower as the current one when the higher one stops, is deactivated or retired", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [catalog("1.0.0")])
      const newer = yield* start(shared, [catalog("1.1.0")])
      const current = Effect.map(registry.plugins, ([catalog]) => catalog!.current)
      assert.strictEqual(yield* current, "1.1.0")
      assert.strictEqual((yield* registry.deactivate("Catalog", "1.1.0", "it is slow")).current, "1.0.0")
      assert.strictEqual((yield* registry.activate("Catalog", "1.1.0", "it isn't")).current, "1.1.0")
      yield* newer.stop
      yield* turns
      assert.strictEqual(yield* current, "1.0.0")
      const again = yield* start(shared, [catalog("1.1.0")])
      assert.strictEqual(yield* current, "1.1.0")
      assert.strictEqual((yield* again.registry.retire("Catalog", "1.1.0", "it loses orders")).current, "1.0.0")
    }))

  it.effect("are connected as long as one process runs them", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const one = yield* start(shared, [catalog("1.0.0")])
      const { registry } = yield* start(shared, [catalog("1.0.0"), watcher])
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], ["1.0.0", "1.0.0 connected 2"])
      yield* one.stop
      yield* turns
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], ["1.0.0", "1.0.0 connected 1"])
    }))
})

describe("a version", () => {
  it.effect("that nobody runs is remembered as long as it is among the 20 highest, or a person said something of it", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [watcher])
      for (let minor = 0; minor < 25; minor++) {
        const { stop } = yield* start(shared, [catalog(`1.${minor}.0`)])
        if (minor === 1) yield* registry.retire("Catalog", "1.1.0", "it loses orders")
        yield* stop
      }
      yield* turns
      const [, ...versions] = brief(yield* registry.plugins)["Catalog"]!
      assert.lengthOf(versions, 22)
      assert.deepStrictEqual(versions.slice(-3), [
        "1.5.0 disconnected 0",
        "1.4.0 disconnected 0",
        "1.1.0 retired 0"
      ])
    }))

  it.effect("that is inactive stays so when it connects, until a person activates it", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [watcher])
      const first = yield* start(shared, [catalog("1.0.0")])
      yield* TestClock.adjust("1 minute")
      yield* ada(registry.deactivate("Catalog", "1.0.0", "on holiday")).pipe(Effect.flip)
      yield* registry.deactivate("Catalog", "1.0.0", "on holiday")
      yield* first.stop
      yield* start(shared, [catalog("1.0.0")])
      const [{ current, versions: [version] }] = [(yield* registry.plugins)[0]!]
      assert.isUndefined(current)
      assert.deepInclude(version, { status: "inactive", since: 60_000, by: "System", why: "on holiday" })
      assert.lengthOf(version!.instances, 1)
      assert.strictEqual((yield* registry.activate("Catalog", "1.0.0", "back")).current, "1.0.0")
    }))

  it.effect("that is retired is so for good: it isn't activated, and what runs it is refused and told once", () =>
    Effect.gen(function*() {
      const { errors, layer } = collectErrors()
      yield* Effect.gen(function*() {
        const shared = yield* stores
        const { registry } = yield* start(shared, [catalog("1.0.0")])
        const retired = yield* registry.retire("Catalog", "1.0.0", "it loses orders")
        assert.deepInclude(retired.versions[0], { status: "retired", why: "it loses orders" })
        assert.lengthOf(retired.versions[0]!.instances, 1)
        yield* registry.retire("Catalog", "1.0.0", "once more")
        const error = yield* Effect.flip(registry.activate("Catalog", "1.0.0", "please"))
        assert.strictEqual(
          error.message,
          "Version 1.0.0 of plugin 'Catalog' is retired, for good: deploy another version."
        )
        yield* start(shared, [catalog("1.0.0")])
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], [undefined, "1.0.0 retired 2"])
        assert.deepStrictEqual(yield* log(shared), [
          "PluginConnected Catalog 1.0.0",
          "PluginRetired Catalog 1.0.0 it loses orders"
        ])
      }).pipe(Effect.provide(layer))
      // One of them ran when it was retired, the other one was started later.
      assert.deepStrictEqual(errors, [
        "Version 1.0.0 of plugin 'Catalog' is retired, for good: deploy another version. Its extension points and extensions don't run.",
        "Version 1.0.0 of plugin 'Catalog' is retired, for good: deploy another version. Its extension points and extensions don't run."
      ])
    }))

  it.effect("that is retired is run until its process stops, or nothing is heard of it", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [watcher])
      const stopped = yield* start(shared, [catalog("1.0.0")])
      const killed = yield* byHand(shared, catalog("1.0.0"), "killed")
      yield* killed.beat
      const runBy = Effect.map(registry.plugins, (plugins) => brief(plugins)["Catalog"]![1])
      yield* registry.retire("Catalog", "1.0.0", "it loses orders")
      assert.strictEqual(yield* runBy, "1.0.0 retired 2")
      yield* stopped.stop
      yield* turns
      assert.strictEqual(yield* runBy, "1.0.0 retired 1")
      yield* TestClock.adjust("8 minutes")
      assert.strictEqual(yield* runBy, "1.0.0 retired 0")
      const late = yield* byHand(shared, catalog("1.0.0"), "late")
      yield* Effect.flip(late.beat)
      assert.strictEqual(yield* runBy, "1.0.0 retired 1")
      yield* late.leave
      assert.strictEqual(yield* runBy, "1.0.0 retired 0")
    }))

  it.effect("that was heard of when nobody noted the time is disconnected like any other", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [watcher])
      const { beat } = yield* byHand(shared, catalog("1.0.0"), "a")
      yield* beat
      const store = yield* Context.get(shared, WorkStores).of("Platform")
      const [item] = yield* store.list("heartbeats", { lane: "Catalog a", limit: 1 })
      const { heard: _, ...content } = item!.content as { readonly heard: number; readonly plugin: string }
      yield* store.put("heartbeats", { ...item!, content }, 0)
      yield* TestClock.adjust("1 minute")
      const [one] = yield* registry.plugins
      assert.deepStrictEqual(one!.versions[0]!.instances, [{ id: "a", since: 0 }])
      yield* TestClock.adjust("8 minutes")
      assert.deepStrictEqual(brief(yield* registry.plugins)["Catalog"], [undefined, "1.0.0 disconnected 0"])
    }))

  it.effect("that is run has the time when its processes were heard of last, and its log has not", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [watcher])
      const { beat } = yield* byHand(shared, catalog("1.0.0"), "a")
      yield* beat
      yield* TestClock.adjust("3 minutes")
      const instances = Effect.map(registry.plugins, ([one]) => one!.versions[0]!.instances)
      assert.deepStrictEqual(yield* instances, [{ id: "a", since: 0, heard: 0 }])
      yield* beat
      yield* TestClock.adjust("12 seconds")
      assert.deepStrictEqual(yield* instances, [{ id: "a", since: 0, heard: 180_000 }])
      const told = yield* log(shared)
      assert.lengthOf(told.filter((line) => line.includes("Catalog")), 1)
    }))

  it.effect("that never connected can't be activated, deactivated or retired", () =>
    Effect.gen(function*() {
      const { registry } = yield* start(yield* stores, [catalog("1.0.0")])
      for (const act of [registry.activate, registry.deactivate, registry.retire]) {
        const error = yield* Effect.flip(act("Catalog", "3.0.0", "?"))
        assert.strictEqual(error.message, "Version 3.0.0 of plugin 'Catalog' never connected; there are 1.0.0.")
      }
      const error = yield* Effect.flip(registry.retire("Nobody", "1.0.0", "?"))
      assert.strictEqual(error.message, "Version 1.0.0 of plugin 'Nobody' never connected; and no other did.")
    }))
})

describe("whatever happens to versions", () => {
  const seed = Number(process.env.REVENTLESS_SEED ?? Math.floor(Math.random() * 2 ** 31))
  it.effect(`the highest that is connected is current, and decisions agree with what is shown (seed ${seed})`, () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { registry } = yield* start(shared, [watcher])
      const versions = ["1.0.0", "1.1.0", "1.10.0"]
      const expected = new Map(versions.map((version) => [version, { runBy: new Set<string>(), state: "unknown" }]))
      const pick = <A>(values: ReadonlyArray<A>) =>
        Effect.map(Random.nextIntBetween(0, values.length, { halfOpen: true }), (index) => values[index]!)
      for (let turn = 0; turn < 120; turn++) {
        const version = yield* pick(versions)
        const instance = yield* pick(["a", "b"])
        const what = yield* pick(
          [
            ...Array<string>(6).fill("beat"),
            ...Array<string>(6).fill("leave"),
            "activate",
            "deactivate",
            ...(turn > 80 ? ["retire"] : [])
          ]
        )
        const one = expected.get(version)!
        if (what === "beat" || what === "leave") {
          const process = yield* byHand(shared, catalog(version), `${version} ${instance}`)
          const done = yield* Effect.result(process[what])
          assert.strictEqual(done._tag, what === "beat" && one.state === "retired" ? "Failure" : "Success")
          if (what === "leave") one.runBy.delete(instance)
          else {
            one.runBy.add(instance)
            if (one.state === "unknown") one.state = "active"
          }
        } else {
          const done = yield* Effect.result(registry[what as "activate"]("Catalog", version, "?"))
          const may = one.state !== "unknown" && (one.state !== "retired" || what === "retire")
          assert.strictEqual(done._tag, may ? "Success" : "Failure")
          if (may) one.state = { activate: "active", deactivate: "inactive", retire: "retired" }[what]!
        }
        yield* turns
        const shown = brief(yield* registry.plugins)["Catalog"] ?? [undefined]
        const rows = versions.toReversed().flatMap((version) => {
          const { runBy, state } = expected.get(version)!
          const status = state === "active" ? runBy.size > 0 ? "connected" : "disconnected" : state
          return status === "unknown" ? [] : [`${version} ${status} ${runBy.size}`]
        })
        const current = rows.find((row) => row.includes(" connected"))?.split(" ")[0]
        assert.deepStrictEqual(shown, [current, ...rows], `turn ${turn}: ${what} ${version} ${instance}`)
      }
    }).pipe(Random.withSeed(seed)))
})

describe("who may use the registry", () => {
  it.effect("are the operators, and who does something is recorded", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const { built, registry } = yield* start(shared, [catalog("1.0.0")], { operators: Access.groups("operators") })
      const refused = yield* Effect.flip(as(Principal.user("eve"))(registry.connections))
      assert.include(refused.message, "may not use the registry")
      for (const stranger of [as(Principal.anonymous), as(Principal.user("eve"))]) {
        for (
          const asked of [
            registry.plugins,
            registry.connections,
            registry.retire("Catalog", "1.0.0", "?"),
            Context.get(built, QueryEngine).list(Plugins)
          ]
        ) {
          assert.strictEqual(
            (yield* Effect.flip(stranger(asked as Effect.Effect<unknown, { _tag: string }>)))._tag,
            "AccessDenied"
          )
        }
      }
      assert.lengthOf(yield* ada(registry.plugins), 1)
      const { versions } = yield* ada(registry.deactivate("Catalog", "1.0.0", "it is slow"))
      assert.deepInclude(versions[0], { status: "inactive", by: "ada", why: "it is slow" })
    }))

  it.effect("is the application alone unless the platform says who", () =>
    Effect.gen(function*() {
      const { registry } = yield* start(yield* stores, [catalog("1.0.0")])
      assert.strictEqual((yield* Effect.flip(ada(registry.plugins)))._tag, "AccessDenied")
      assert.lengthOf(yield* registry.plugins, 1)
    }))
})

describe("a registry whose store is away", () => {
  it.effect("holds up neither start nor stop of a platform, and knows its plugins when it is back", () =>
    Effect.gen(function*() {
      const shared = yield* stores
      const events = Context.get(shared, EventStores)
      let isAway = true
      const failing = new EventStoreError({ reason: new StoreUnavailable({ detail: "the test says so" }) })
      const flaky = Context.add(shared, EventStores, {
        of: (plugin) =>
          Effect.map(events.of(plugin), ({ store }) => ({
            positioned: false,
            store: {
              ...store,
              append: (given, options) =>
                Effect.suspend(() => isAway ? Effect.fail(failing) : store.append(given, options))
            }
          }))
      })
      const first = yield* start(flaky, [watcher])
      assert.deepStrictEqual(yield* first.registry.plugins, [])
      yield* first.stop
      const { registry } = yield* start(flaky, [watcher])
      yield* TestClock.adjust("1 minute")
      isAway = false
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(brief(yield* registry.plugins), { Watcher: ["1.0.0", "1.0.0 connected 1"] })
    }))
})

describe("a platform", () => {
  const refused: ReadonlyArray<readonly [AnyPlugin, string]> = [
    [
      Plugin.make("Platform", { version: "1.0.0" }),
      "The platform can't start: no plugin may be named 'Platform': the built-in one is, which keeps the registry."
    ],
    [
      Plugin.make("Catalog", { version: "1" }),
      "The platform can't start: the version '1' of plugin 'Catalog' is no SemVer, such as '1.0.0'."
    ],
    [
      Plugin.make("Catalog", { version: "1.0.0", heartbeatInterval: "100 millis" }),
      "The platform can't start: the heartbeatInterval of plugin 'Catalog' is 100ms: make it between 1s and 1d."
    ],
    [
      Plugin.make("Catalog", { version: "1.0.0", heartbeatInterval: Duration.infinity }),
      "The platform can't start: the heartbeatInterval of plugin 'Catalog' is Infinity: make it between 1s and 1d."
    ]
  ]
  for (const [plugin, message] of refused) {
    it.effect(`refuses: ${message.slice("The platform can't start: ".length)}`, () =>
      Effect.gen(function*() {
        const platform = Platform.layer({ version: "1.0.0", plugins: [plugin] })
        const error = yield* Effect.flip(Layer.build(Layer.provide(platform, Platform.layerMemory)))
        assert.strictEqual(error.message, message)
      }))
  }
})
