import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import { Operations, type WorkFilter } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { Scheduler } from "@reventless/core/Scheduler"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { type NewWork, WorkStores } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"

const OrderId = Id.make("order")
class Shipped extends Event.make("Shipped", { order: OrderId, parcel: Schema.Int }) {}
const ship = { command: { order: OrderId, parcel: Schema.Int }, consumes: [], produces: [Shipped] } as const
class Ship extends StateChangeSlice.make("Ship", { ...ship, async: true }) {}
class ShipNow extends StateChangeSlice.make("ShipNow", ship) {}

/** What was logged. */
class Logged extends Context.Service<Logged, Array<string>>()("test/Logged") {
  static readonly layer = Layer.unwrap(Effect.sync(() => {
    const lines: Array<string> = []
    const logger = Logger.map(Logger.formatLogFmt, (line) => void lines.push(line))
    return Layer.merge(Layer.succeed(Logged, lines), Logger.layer([logger]))
  }))
}

/** Can't ship parcel 13 until it is mended. */
const makeTest = (mended: { done: boolean } = { done: false }, operators?: Access.Access) => {
  const behavior = {
    initial: 0,
    evolve: {},
    decide: (command: { readonly order: typeof OrderId.Type; readonly parcel: number }) =>
      command.parcel === 13 && !mended.done
        ? Effect.die(new Error("broken"))
        : Effect.succeed([Shipped.make(command)])
  }
  return Platform.layer({
    version: "1.0.0",
    plugins: [
      Plugin.make("Shipping", {
        version: "1.0.0",
        stateChangeSlices: [Ship.behavior(behavior), ShipNow.behavior(behavior)]
      }),
      Plugin.make("Billing", { version: "1.0.0" })
    ],
    ...(operators === undefined ? {} : { operators })
  }).pipe(Layer.provideMerge(Platform.layerMemory), Layer.provideMerge(Logged.layer))
}

/** Sends a command, and waits until it is done or parked. */
const send = Effect.fnUntraced(function*(order: string, parcel: number) {
  const bus = yield* CommandBus
  const { messageId } = yield* bus.send(Ship, { order: OrderId.make(order), parcel })
  return { messageId, outcome: yield* bus.outcome(messageId, { wait: "5 seconds" }) }
})

/** Adds work that is not due, past the command bus. */
const add = Effect.fnUntraced(function*(plugin: string, queue: string, ...ids: ReadonlyArray<string>) {
  const store = yield* (yield* WorkStores).of(plugin)
  const items = ids.map((id): NewWork => ({ id, lane: id[0]!, due: 1e15, content: { target: "Shipping.Ship" } }))
  yield* store.add(queue, items, 0)
}, Effect.scoped)

describe("an operator", () => {
  it.live("sees which command is parked and why, and which wait behind it; its payload only when asked", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      const bus = yield* CommandBus
      const { messageId } = yield* send("1", 13)
      const behind = yield* bus.send(Ship, { order: OrderId.make("1"), parcel: 1 })
      yield* send("2", 1)
      const { cursor, work } = yield* operations.work()
      assert.isUndefined(cursor)
      assert.deepStrictEqual(
        work.map(({ id, plugin, queue, state, target }) => ({ id, plugin, queue, state, target })),
        [
          { id: messageId, plugin: "Shipping", queue: "commands", state: "Parked", target: "Shipping.Ship" },
          { id: behind.messageId, plugin: "Shipping", queue: "commands", state: "Pending", target: "Shipping.Ship" }
        ]
      )
      const [parked, waiting] = work
      assert.strictEqual(parked!.lane, waiting!.lane)
      assert.strictEqual(parked!.attempts, 1)
      assert.include(parked!.reason, "broken")
      assert.isUndefined(parked!.content)
      const asked = yield* operations.work({ state: "Parked", content: true })
      assert.deepStrictEqual(asked.work.map(({ content }) => (content as any).command), [{ order: "1", parcel: 13 }])
      assert.deepStrictEqual((yield* operations.work({ state: "Done" })).work.map(({ state }) => state), ["Done"])
      assert.deepStrictEqual((yield* operations.work({ plugin: "Billing" })).work, [])
    }).pipe(Effect.provide(makeTest())))

  it.live("replays a parked command when what broke it is mended, and its lane goes on", () => {
    const mended = { done: false }
    return Effect.gen(function*() {
      const operations = yield* Operations
      const bus = yield* CommandBus
      const { messageId } = yield* send("1", 13)
      const behind = yield* bus.send(Ship, { order: OrderId.make("1"), parcel: 1 })
      mended.done = true
      const asAda = Effect.provideService(Principal.CurrentPrincipal, Principal.user("ada", ["operators"]))
      assert.isTrue(yield* asAda(operations.replayWork("Shipping", "commands", messageId)))
      for (const id of [messageId, behind.messageId]) {
        assert.strictEqual((yield* bus.outcome(id, { wait: "5 seconds" }))._tag, "CommandAccepted")
      }
      assert.isFalse(yield* operations.replayWork("Shipping", "commands", messageId))
      assert.isFalse(yield* operations.replayWork("Shipping", "commands", "nothing"))
      const said = (yield* Logged).filter((line) => line.includes("Work is done again"))
      assert.lengthOf(said, 1)
      assert.include(said[0], messageId)
      assert.include(said[0], "ada")
    }).pipe(Effect.provide(makeTest(mended, Access.groups("operators"))))
  })

  it.live("cancels a parked command, which is forgotten; who did so and why is logged, and its lane goes on", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      const bus = yield* CommandBus
      const { messageId } = yield* send("1", 13)
      const behind = yield* bus.send(Ship, { order: OrderId.make("1"), parcel: 1 })
      assert.isTrue(yield* operations.cancelWork("Shipping", "commands", messageId, "nobody ships 13"))
      assert.strictEqual((yield* bus.outcome(behind.messageId, { wait: "5 seconds" }))._tag, "CommandAccepted")
      assert.strictEqual((yield* Effect.flip(bus.outcome(messageId)))._tag, "UnknownMessage")
      assert.isFalse(yield* operations.cancelWork("Shipping", "commands", messageId, "again"))
      assert.isFalse(yield* operations.cancelWork("Shipping", "commands", behind.messageId, "is done"))
      assert.strictEqual((yield* bus.outcome(behind.messageId))._tag, "CommandAccepted")
      const said = (yield* Logged).filter((line) => line.includes("Work was cancelled"))
      assert.lengthOf(said, 1)
      for (const part of [messageId, "System", "nobody ships 13", "Shipping.Ship"]) assert.include(said[0], part)
    }).pipe(Effect.provide(makeTest())))

  it.live("sees a schedule that came to nothing, and cancels it", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      const scheduler = yield* Scheduler
      const at = DateTime.makeUnsafe(0)
      const command = { order: OrderId.make("1"), parcel: 13 }
      yield* scheduler.create({ name: "night", when: { at }, to: ShipNow, command })
      const [parked] = yield* operations.work({ plugin: "Platform", state: "Parked" }).pipe(
        Effect.flatMap(({ work }) => work.length > 0 ? Effect.succeed(work) : Effect.fail("not yet")),
        Effect.retry(Schedule.spaced("10 millis")),
        Effect.timeout("5 seconds")
      )
      assert.deepInclude(parked!, {
        plugin: "Platform",
        queue: "schedules",
        id: "night",
        target: "Shipping.ShipNow",
        attempts: 1
      })
      assert.isTrue(yield* operations.cancelWork("Platform", "schedules", "night", "nobody ships 13"))
      assert.deepStrictEqual(yield* scheduler.list, [])
    }).pipe(Effect.provide(makeTest())))

  it.live("sees an item whose content is damaged, too", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      const store = yield* (yield* WorkStores).of("Shipping")
      yield* store.add("commands", [{ id: "x", lane: "x", due: 1e15, content: "damaged" }], 0)
      const { work: [damaged] } = yield* operations.work({ content: true })
      assert.deepInclude(damaged!, { id: "x", target: undefined, content: "damaged" })
      assert.isTrue(yield* operations.cancelWork("Shipping", "commands", "x", "damaged"))
    }).pipe(Effect.scoped, Effect.provide(makeTest())))

  it.live("pages through work by plugin, queue and age, while some is cancelled", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      yield* add("Shipping", "commands", "b1", "a1", "b2", "a2")
      yield* add("Billing", "commands", "a3", "a4")
      yield* add("Platform", "schedules", "c1")
      const page = (filter?: WorkFilter) =>
        Effect.map(operations.work(filter), ({ cursor, work }) => ({ cursor, ids: work.map(({ id }) => id) }))
      const all = ["a3", "a4", "c1", "b1", "a1", "b2", "a2"]
      assert.deepStrictEqual(yield* page(), { cursor: undefined, ids: all })
      assert.deepStrictEqual(yield* page({ limit: 7 }), { cursor: undefined, ids: all })
      for (const limit of [1, 2, 3, 4, 5, 6]) {
        const found: Array<string> = []
        let cursor: string | undefined
        do {
          const next = yield* page({ limit, cursor })
          assert.isAtMost(next.ids.length, limit)
          found.push(...next.ids)
          cursor = next.cursor
        } while (cursor !== undefined)
        assert.deepStrictEqual(found, all, `${limit}`)
      }
      assert.deepStrictEqual((yield* page({ lane: "a" })).ids, ["a3", "a4", "a1", "a2"])
      const first = yield* page({ limit: 4 })
      yield* operations.cancelWork("Shipping", "commands", "b1", "why")
      yield* operations.cancelWork("Shipping", "commands", "b2", "why")
      assert.deepStrictEqual(yield* page({ cursor: first.cursor }), { cursor: undefined, ids: ["a1", "a2"] })
      assert.deepStrictEqual((yield* page({ plugin: "Shipping", cursor: first.cursor })).ids, ["a1", "a2"])
      const refused = (filter: WorkFilter) => Effect.map(Effect.flip(page(filter)), ({ message }) => message)
      assert.include(yield* refused({ limit: 0 }), "'limit' must be between 1 and 1000")
      assert.include(yield* refused({ limit: 1001 }), "'limit' must be between 1 and 1000")
      assert.include(yield* refused({ cursor: "2x" }), "start again without it")
      assert.include(yield* refused({ plugin: "Billing", cursor: first.cursor }), "belongs to another plugin")
      assert.include(yield* refused({ plugin: "Bath" }), "there are Billing, Platform, Shipping")
      const noQueue = yield* Effect.flip(operations.replayWork("Billing", "schedules", "c1"))
      assert.include(noQueue.message, "Billing has no such queue; there is commands")
    }).pipe(Effect.provide(makeTest())))

  it.live("is nobody but the application unless it is configured, and who is refused changes nothing", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      yield* add("Shipping", "commands", "a1")
      const as = (principal: Principal.Principal) => Effect.provideService(Principal.CurrentPrincipal, principal)
      const everything: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }>> = [
        operations.work(),
        operations.work({ plugin: "Bath" }),
        operations.replayWork("Shipping", "commands", "a1"),
        operations.runWork("Shipping", "commands", "a1"),
        operations.runWork("Bath", "tasks", "Drain"),
        operations.cancelWork("Shipping", "commands", "a1", "why"),
        operations.cancelWork("Bath", "commands", "a1", "why")
      ]
      for (const operation of everything) {
        assert.strictEqual((yield* Effect.flip(as(Principal.anonymous)(operation)))._tag, "AccessDenied")
        assert.strictEqual((yield* Effect.flip(as(Principal.user("ada"))(operation)))._tag, "AccessDenied")
      }
      const { work } = yield* as(Principal.user("ada", ["operators"]))(operations.work())
      assert.deepStrictEqual(work.map(({ id }) => id), ["a1"])
    }).pipe(Effect.provide(makeTest({ done: false }, Access.groups("operators")))))
})
