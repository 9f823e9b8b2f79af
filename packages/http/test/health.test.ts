import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { Registry } from "@reventless/core/Registry"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { WorkStoreError } from "@reventless/core/WorkStore"
import * as Health from "@reventless/http/Health"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"

const OrderId = Id.make("order")
class Paid extends Event.make("Paid", { order: OrderId }) {}
class Shipped extends Event.make("Shipped", { order: OrderId }) {}

class Pay extends StateChangeSlice.make("Pay", { command: { order: OrderId }, consumes: [], produces: [Paid] }) {}
class Ship extends StateChangeSlice.make("Ship", {
  command: { order: OrderId },
  consumes: [Shipped],
  produces: [Shipped],
  async: true
}) {}
class ShipPaid extends AutomationSlice.make("ShipPaid", {
  item: { order: OrderId },
  key: "order",
  collects: [Paid],
  sends: [Ship],
  attempts: 1
}) {}

const Orders = Plugin.make("Orders", {
  version: "1.0.0",
  stateChangeSlices: [
    Pay.behavior({ initial: 0, evolve: {}, decide: (command) => Effect.succeed([Paid.make(command)]) }),
    Ship.behavior({
      initial: false,
      evolve: { Shipped: () => true },
      decide: (command, shipped) => Effect.succeed(shipped ? [] : [Shipped.make(command)])
    })
  ],
  automationSlices: [
    ShipPaid.automation({
      collect: {
        Paid: ({ order }) => {
          if (order === "unreadable") throw new Error("what is this?")
          return { order }
        }
      },
      process: ({ order }) =>
        order === "lost" ? Effect.fail("no such parcel") : Effect.succeed(publishCommand(Ship, { order }))
    })
  ]
})

const Test = Platform.layer({ version: "1.0.0", plugins: [Orders] }).pipe(Layer.provide(Platform.layerMemory))

const pay = (order: string) => Effect.flatMap(CommandBus, (bus) => bus.send(Pay, { order: OrderId.make(order) }))

/** What the health says of the work of the plugin, with another work store perhaps. */
const workOf = Effect.fnUntraced(function*(change: (work: any) => object = () => ({})) {
  const platform = yield* Platform.Platform
  const runtimes = platform.runtimes.map((runtime) => ({
    ...runtime,
    work: { ...runtime.work, ...change(runtime.work) }
  }))
  const { plugins, status } = yield* Health.check({ ...platform, runtimes })
  return { status, work: plugins.find(({ name }) => name === "Orders")!.work }
})

const fine = { status: "current", lateMillis: 0, parked: 0 } as const

describe("the health of what is done later", () => {
  it.live("counts what was tried in vain and what could not be collected", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* workOf(), {
        status: "ok",
        work: [{ name: "commands", ...fine }, { name: "ShipPaid", ...fine }]
      })
      for (const order of ["a", "lost", "unreadable"]) yield* pay(order)
      const parked = Effect.map(workOf(), ({ work }) => work[1]!.parked)
      while ((yield* parked) < 2) yield* Effect.sleep(2)
      const { status, work } = yield* workOf()
      assert.strictEqual(status, "ok")
      assert.deepStrictEqual(work[1], { name: "ShipPaid", ...fine, parked: 2 })
    }).pipe(Effect.provide(Test)))

  it.live("says how long the next item could have been begun, and nothing of items that are due later", () =>
    Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      const late = yield* workOf(() => ({ next: () => Effect.succeed(now - 60_000) }))
      for (const { lateMillis } of late.work) {
        assert.isAtLeast(lateMillis, 60_000)
        assert.isBelow(lateMillis, 120_000)
      }
      const early = yield* workOf(() => ({ next: () => Effect.succeed(now + 60_000) }))
      assert.deepStrictEqual(early.work.map(({ lateMillis }) => lateMillis), [0, 0])
    }).pipe(Effect.provide(Test)))

  it.live("is degraded when the work can't be read", () =>
    Effect.gen(function*() {
      const { status, work } = yield* workOf(() => ({
        next: () => Effect.fail(new WorkStoreError({ detail: "gone", isRetryable: true }))
      }))
      assert.strictEqual(status, "degraded")
      assert.deepStrictEqual(work.map(({ status }) => status), ["unavailable", "unavailable"])
    }).pipe(Effect.provide(Test)))
})

const talking = (followed: string) => {
  const point = (version: string) => ExtensionPoint.make("Orders.Parcels", { version, events: [Shipped] })
  const Sender = Plugin.make("Orders", {
    version: "1.0.0",
    stateChangeSlices: [
      Ship.behavior({
        initial: 0,
        evolve: { Shipped: () => 0 },
        decide: (command) => Effect.succeed([Shipped.make(command)])
      })
    ],
    extensionPoints: [
      point("1.0.0").mapping({
        from: [Shipped],
        outgoing: { Shipped: (event) => publishEvent(Shipped.make(event)) }
      })
    ]
  })
  const Follower = Plugin.make("Billing", {
    version: "1.0.0",
    extensions: [point(followed).extension({ incoming: { Shipped: () => Effect.fail("no such bill") } })]
  })
  return Platform.layer({ version: "1.0.0", plugins: [Sender, Follower] }).pipe(Layer.provide(Platform.layerMemory))
}

const health = Effect.flatMap(Platform.Platform, Health.check)

const billing = Effect.map(health, ({ plugins }) => plugins.find(({ name }) => name === "Billing")!)

describe("the health of plugins that talk", () => {
  it.effect("counts what is parked of the messages between them", () =>
    Effect.gen(function*() {
      const before = yield* health
      assert.deepStrictEqual(before.plugins.map(({ connections, work }) => ({ connections, work })), [
        {
          work: [{ name: "commands", ...fine }, { name: "Parcels.v1.events", ...fine }],
          connections: []
        },
        {
          work: [{ name: "Orders.Parcels", ...fine }],
          connections: [{ extensionPoint: "Orders.Parcels", status: "connected" }]
        }
      ])
      yield* Effect.flatMap(CommandBus, (bus) => bus.send(Ship, { order: OrderId.make("a") }))
      for (let tries = 0; tries < 50; tries++) yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* health).status, "ok")
      assert.deepStrictEqual((yield* billing).work, [{ name: "Orders.Parcels", ...fine, parked: 1 }])
    }).pipe(Effect.provide(talking("1.0.0"))))

  it.effect("is degraded when an extension is refused, with the reason", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* health).status, "degraded")
      assert.deepStrictEqual((yield* billing).connections, [{
        extensionPoint: "Orders.Parcels",
        status: "refused",
        reason:
          "'Billing' 1.0.0 was made for the events 2.0.0 of 'Orders.Parcels', and 'Orders' 1.0.0 provides 1.0.0: " +
          "deploy the provider first"
      }])
    }).pipe(Effect.provide(talking("2.0.0"))))

  it.effect("says of a version that isn't current that it rests or is out of use, and that others' extensions work", () =>
    Effect.gen(function*() {
      const shared = yield* Layer.build(Layer.fresh(Platform.layerMemory))
      const process = (version: string) => {
        const plugins = [Plugin.make("Billing", {
          version,
          extensions: [
            ExtensionPoint.make("Orders.Parcels", { version: "1.0.0", events: [Shipped] })
              .extension({ incoming: { Shipped: () => [] } })
          ]
        })]
        const platform = Platform.layer({ version, plugins, external: ["Orders.Parcels"] })
        return Effect.map(Layer.build(Layer.provide(platform, Layer.succeedContext(shared))), (context) => ({
          registry: Context.get(context, Registry),
          health: Effect.map(Health.check(Context.get(context, Platform.Platform)), ({ plugins, ...health }) => {
            const { connections, current, reason, status } = plugins[0]!
            return [health.status, Health.statusCode({ ...health, plugins }), status, current, reason, connections[0]!]
          })
        }))
      }
      const older = yield* process("1.0.0")
      const waits = (reason: string): Health.ConnectionHealth => ({
        extensionPoint: "Orders.Parcels",
        status: "waiting",
        reason
      })
      const mine = waits("nobody provides 'Orders.Parcels' yet")
      assert.deepStrictEqual(yield* older.health, ["ok", 200, "current", "1.0.0", undefined, mine])
      const newer = yield* process("2.0.0")
      for (let turn = 0; turn < 200; turn++) yield* Effect.yieldNow
      const other = waits("the extension of 'Billing' 2.0.0 is the one that works")
      const rests = "'Billing' 2.0.0 is current"
      assert.deepStrictEqual(yield* older.health, ["ok", 200, "resting", "2.0.0", rests, other])
      assert.deepStrictEqual(yield* newer.health, ["ok", 200, "current", "2.0.0", undefined, mine])
      yield* older.registry.deactivate("Billing", "1.0.0", "it is slow")
      const inactive = "'Billing' 1.0.0 was deactivated by System: it is slow; activate it, or stop this process"
      assert.deepStrictEqual(yield* older.health, ["degraded", 200, "inactive", "2.0.0", inactive, other])
      yield* older.registry.retire("Billing", "1.0.0", "it loses bills")
      const retired = "'Billing' 1.0.0 was retired by System: it loses bills; stop this process"
      assert.deepStrictEqual(yield* older.health, ["degraded", 200, "retired", "2.0.0", retired, other])
      yield* newer.registry.retire("Billing", "2.0.0", "so does this")
      const both = "'Billing' 2.0.0 was retired by System: so does this; stop this process, and start another version"
      assert.deepStrictEqual(yield* newer.health, ["degraded", 200, "retired", undefined, both, waits(both)])
    }))
})
