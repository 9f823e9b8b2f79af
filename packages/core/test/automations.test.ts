import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Message from "@reventless/core/Message"
import * as Metrics from "@reventless/core/Metrics"
import { Operations } from "@reventless/core/Operations"
import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Query from "@reventless/core/Query"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { ViewStoreError, ViewStores } from "@reventless/core/ViewStore"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import { WorkStoreError, WorkStores } from "@reventless/core/WorkStore"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import {
  CancelOrder,
  FlagOrder,
  order,
  OrderCancelled,
  OrderId,
  OrderPaid,
  OrderShipped,
  PayOrder,
  ShipOrder,
  ShipPaidOrders,
  ShipPaidOrdersLive,
  slices,
  UnknownAddress
} from "./fixtures/orders.ts"

const pluginOf = (...automations: ReadonlyArray<AutomationSlice.Behavior<string, never>>) =>
  Plugin.make("Orders", { version: "1.0.0", stateChangeSlices: slices, automationSlices: automations })

const Orders = pluginOf(ShipPaidOrdersLive)
const main = Platform.layer({ version: "1.0.0", plugins: [Orders] })

const pay = (id: string, address = `Here ${id}`) =>
  Effect.flatMap(CommandBus, (bus) => bus.send(PayOrder, { orderId: order(id), address }))
const cancel = (id: string) => Effect.flatMap(CommandBus, (bus) => bus.send(CancelOrder, { orderId: order(id) }))

/** The stored events, `Type id`. */
const history = Effect.scoped(Effect.gen(function*() {
  const { store } = yield* (yield* EventStores).of({ name: Orders.name, plan: IndexPlan.open })
  return yield* Stream.runCollect(store.read(Query.all))
}))
const told = Effect.map(
  history,
  (events) =>
    events.map(({ data, type }) => `${type.slice("Order".length)} ${(data as { readonly orderId: string }).orderId}`)
)

const items = (name = "ShipPaidOrders") =>
  Effect.scoped(Effect.gen(function*() {
    const store = yield* (yield* WorkStores).of(Orders.name)
    const all = [
      ...yield* store.list(name, { limit: 1000 }),
      ...yield* store.list(name, { state: "Done", limit: 1000 })
    ]
    return all.sort((a, b) => a.sequence - b.sequence)
  }))
const states = (name?: string) => Effect.map(items(name), (all) => all.map(({ lane, state }) => `${lane} ${state}`))

/** Lets so much time pass that every pause between attempts is over. */
const pausesPass = Effect.gen(function*() {
  for (let step = 0; step < 12; step++) {
    yield* TestPlatform.settled
    yield* TestClock.adjust("31 seconds")
  }
  yield* TestPlatform.settled
})

const onMemory = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, Platform.layerMemory)

describe("an automation", () => {
  it.effect("does what an event asks for once, and the item is done", () =>
    Effect.gen(function*() {
      yield* pay("1")
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told, ["Paid 1", "Shipped 1"])
      assert.deepStrictEqual(yield* states(), ["1 Done"])
    }).pipe(Effect.provide(main), onMemory))

  it.effect("collects an item, several or none of an event, and does those of one entity one after another", () => {
    const ShipAll = AutomationSlice.make("ShipAll", {
      item: { orderId: OrderId, parcel: ShipPaidOrders.item.address },
      key: "orderId",
      collects: [OrderPaid],
      sends: [ShipOrder]
    })
    const plugin = pluginOf(ShipAll.automation({
      collect: {
        OrderPaid: ({ address, orderId }) =>
          address === "" ? undefined : address.split(",").map((parcel) => ({ orderId, parcel }))
      },
      process: ({ orderId, parcel }) => Effect.succeed(publishCommand(ShipOrder, { orderId, address: parcel }))
    }))
    return Effect.gen(function*() {
      yield* pay("1", "a,b,c")
      yield* pay("2", "")
      yield* TestPlatform.settled
      const shipped = (yield* history).filter(({ type }) => type === "OrderShipped").map(({ data }) => data)
      assert.deepStrictEqual(shipped, ["a", "b", "c"].map((address) => ({ orderId: "1", address })))
    }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [plugin] })), onMemory)
  })

  it.effect("whose checkpoint can't be written after its items are does each item once", () => {
    let commits = 0
    const unreliable = Layer.effect(
      ViewStores,
      Effect.map(ViewStores, (inner) => ({
        of: (plugin) =>
          Effect.map(inner.of(plugin), (store) => ({
            ...store,
            commit: (commit) =>
              Effect.suspend(() =>
                commits++ % 2 === 0
                  ? Effect.fail(new ViewStoreError({ detail: "the test says so", isRetryable: true }))
                  : store.commit(commit)
              )
          }))
      }))
    ).pipe(Layer.provideMerge(Platform.layerMemory))
    return Effect.gen(function*() {
      for (const id of ["1", "2", "3"]) {
        yield* pay(id)
        yield* TestClock.adjust("10 seconds")
      }
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told).toSorted(), [
        "Paid 1",
        "Paid 2",
        "Paid 3",
        "Shipped 1",
        "Shipped 2",
        "Shipped 3"
      ])
      assert.isAtLeast(commits, 6)
    }).pipe(Effect.provide(main.pipe(Layer.provideMerge(unreliable))))
  })

  it.effect("whose items can't be written for a while loses none", () => {
    let adds = 0
    const unreliable = Layer.effect(
      WorkStores,
      Effect.map(WorkStores, (inner) => ({
        of: (plugin) =>
          Effect.map(inner.of(plugin), (store) => ({
            ...store,
            add: (queue, items, now) =>
              Effect.suspend(() =>
                adds++ % 2 === 0
                  ? Effect.fail(new WorkStoreError({ detail: "the test says so", isRetryable: true }))
                  : store.add(queue, items, now)
              )
          }))
      }))
    ).pipe(Layer.provideMerge(Platform.layerMemory))
    return Effect.gen(function*() {
      for (const id of ["1", "2"]) {
        yield* pay(id)
        yield* TestClock.adjust("10 seconds")
      }
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told, ["Paid 1", "Shipped 1", "Paid 2", "Shipped 2"])
      assert.strictEqual(adds, 4)
    }).pipe(Effect.provide(main.pipe(Layer.provideMerge(unreliable))))
  })

  it.effect("that is given its whole history again does nothing twice, and closes no item that came later", () =>
    Effect.gen(function*() {
      yield* Effect.gen(function*() {
        yield* pay("1")
        yield* pay("2", "x")
        yield* TestPlatform.settled
        yield* cancel("2")
        yield* TestPlatform.settled
        yield* pay("2", "x2")
        yield* TestPlatform.settled
      }).pipe(Effect.provide(main))
      assert.deepStrictEqual(yield* states(), ["1 Done", "2 Done", "2 Pending"])
      const before = yield* told
      const forgetful = main.pipe(Layer.provide(Layer.fresh(ViewStoreMemory.layerStores)))
      yield* Effect.gen(function*() {
        yield* TestPlatform.settled
        assert.deepStrictEqual(yield* told, before)
        assert.deepStrictEqual(yield* states(), ["1 Done", "2 Done", "2 Pending"])
      }).pipe(Effect.provide(forgetful))
    }).pipe(onMemory))

  it.effect("takes a rejected command for a failed attempt, says so once when they are used up, and parks the item", () =>
    Effect.gen(function*() {
      yield* pay("1", "x nowhere")
      yield* pay("1", "Here 1")
      yield* pay("2")
      yield* pausesPass
      const reason =
        "Orders.ShipOrder was rejected: UnknownAddress {\"_tag\":\"UnknownAddress\",\"address\":\"x nowhere\"}"
      const [parked, behind, other] = yield* items()
      assert.deepInclude(parked, { lane: "1", state: "Parked", attempts: 3, reason })
      assert.deepInclude(behind, { lane: "1", state: "Pending", attempts: 0 })
      assert.deepInclude(other, { lane: "2", state: "Done" })
      const flags = (yield* history).filter(({ type }) => type === "OrderFlagged").map(({ data }) => data)
      assert.deepStrictEqual(flags, [{ orderId: "1", reason }])

      const operations = yield* Operations
      assert.isTrue(yield* operations.replayWork("Orders", "ShipPaidOrders", parked!.id))
      yield* pausesPass
      assert.deepInclude((yield* items())[0], { state: "Parked", attempts: 3, reason })
      assert.lengthOf((yield* history).filter(({ type }) => type === "OrderFlagged"), 1)
    }).pipe(Effect.provide(main), onMemory))

  it.effect("whose commands are accepted in part sends the others again, and those not", () => {
    let failing = true
    const Both = AutomationSlice.make("Both", {
      item: { orderId: OrderId },
      key: "orderId",
      collects: [OrderPaid],
      sends: [ShipOrder, FlagOrder]
    })
    const plugin = pluginOf(Both.automation({
      collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
      process: ({ orderId }) =>
        Effect.sync(() => [
          publishCommand(FlagOrder, { orderId, reason: failing ? "first" : "second" }),
          publishCommand(ShipOrder, { orderId, address: failing ? "x" : "Here" })
        ])
    }))
    return Effect.gen(function*() {
      yield* pay("1")
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told, ["Paid 1", "Flagged 1"])
      failing = false
      yield* pausesPass
      assert.deepStrictEqual(yield* told, ["Paid 1", "Flagged 1", "Shipped 1"])
      assert.deepStrictEqual(yield* states("Both"), ["1 Done"])
    }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [plugin] })), onMemory)
  })

  it.effect("whose item a person has cancelled doesn't do it, also when all its events come again", () =>
    Effect.gen(function*() {
      yield* pay("1", "x nowhere")
      yield* pausesPass
      const operations = yield* Operations
      const [parked] = yield* items()
      assert.isTrue(yield* operations.cancelWork("Orders", "ShipPaidOrders", parked!.id, "there is no such street"))
      yield* Stream.runDrain(operations.rebuild("Orders.ShipPaidOrders"))
      yield* pausesPass
      const [cancelled, ...others] = yield* items()
      assert.deepInclude(cancelled, {
        state: "Done",
        outcome: { cancelledBy: "System", why: "there is no such street" }
      })
      assert.lengthOf(others, 0)
      assert.deepStrictEqual(yield* told, ["Paid 1", "Flagged 1"])
    }).pipe(Effect.provide(main), onMemory))

  it.effect("follows an event of several entities for each of them, and closes the items that its resolve names", () => {
    class Paired extends Event.make("Paired", { first: OrderId, second: OrderId }) {}
    class Parted extends Event.make("Parted", { stays: OrderId, goes: OrderId }) {}
    class Pair extends StateChangeSlice.make("Pair", { command: Paired.fields, consumes: [], produces: [Paired] }) {}
    class Part extends StateChangeSlice.make("Part", { command: Parted.fields, consumes: [], produces: [Parted] }) {}
    const Partners = AutomationSlice.make("Partners", {
      item: { orderId: OrderId, of: OrderId },
      key: "orderId",
      collects: [Paired],
      resolves: [Parted],
      sends: [ShipOrder]
    })
    const plugin = Plugin.make("Orders", {
      version: "1.0.0",
      stateChangeSlices: [
        ...slices,
        Pair.behavior({
          initial: null,
          evolve: {},
          decide: (command) => Effect.succeed([Paired.make(command)])
        }),
        Part.behavior({
          initial: null,
          evolve: {},
          decide: (command) => Effect.succeed([Parted.make(command)])
        })
      ],
      automationSlices: [Partners.automation({
        collect: {
          Paired: ({ first, second }) => [{ orderId: first, of: second }, { orderId: second, of: first }]
        },
        resolve: { Parted: ({ goes }) => goes },
        process: ({ orderId }) => Effect.succeed(publishCommand(ShipOrder, { orderId, address: "x nowhere" }))
      })]
    })
    const [one, two] = [order("1"), order("2")]
    return Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(Pair, { first: one, second: two })
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* states("Partners")).toSorted(), ["1 Pending", "2 Pending"])
      yield* bus.send(Part, { stays: one, goes: two })
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* states("Partners")).toSorted(), ["1 Pending", "2 Done"])
    }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [plugin] })), onMemory)
  })

  it.effect("parks an item at once that its definition can't read any more, and says why", () =>
    Effect.gen(function*() {
      const store = yield* (yield* WorkStores).of(Orders.name)
      const meta: Message.Meta = { messageId: "m", correlationId: "m", time: 0, service: "Orders", schemaVersion: 1 }
      const content = { item: { orderId: "1" }, meta: { ...meta }, position: 1 }
      yield* store.add("ShipPaidOrders", [{ id: "i", lane: "1", due: 0, content }], 0)
      yield* TestPlatform.settled.pipe(Effect.provide(main))
      const [parked] = yield* items()
      assert.deepInclude(parked, { state: "Parked", attempts: 1 })
      assert.match(parked?.reason ?? "", /^its content can't be decoded: (.|\n)*address/)
      assert.deepStrictEqual(yield* told, [])
    }).pipe(Effect.scoped, onMemory))

  it.effect("closes the items of an entity when an event resolves them, whatever their state", () =>
    Effect.gen(function*() {
      yield* pay("waits", "x")
      yield* pay("parked", "x")
      yield* pausesPass
      yield* pay("waits", "x")
      yield* pay("goes on", "x")
      yield* TestPlatform.settled
      yield* cancel("waits")
      yield* cancel("parked")
      yield* TestPlatform.settled
      const found = yield* items()
      assert.deepStrictEqual(found.map(({ lane, state }) => `${lane} ${state}`), [
        "waits Done",
        "parked Done",
        "waits Done",
        "goes on Pending"
      ])
      const cancelled = (yield* history).find(({ type }) => type === "OrderCancelled")
      assert.deepStrictEqual(found[0]?.outcome, { resolvedBy: cancelled!.meta.messageId })
    }).pipe(Effect.provide(main), onMemory))

  it.effect("that is new takes the whole history, and begins nothing that was closed in it", () =>
    Effect.gen(function*() {
      yield* Effect.gen(function*() {
        yield* pay("1")
        yield* pay("2")
        // More events than are read at once: what closes the first item comes long after it.
        for (let index = 0; index < 1200; index++) yield* cancel("another")
        yield* cancel("1")
      }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [pluginOf()] })))
      yield* TestPlatform.settled.pipe(Effect.provide(main))
      assert.deepStrictEqual((yield* told).filter((one) => one !== "Cancelled another"), [
        "Paid 1",
        "Paid 2",
        "Cancelled 1",
        "Shipped 2"
      ])
      assert.deepStrictEqual(yield* states(), ["1 Done", "2 Done"])
    }).pipe(onMemory))

  it.effect("whose items events close reads each event of its backlog once, and those before not at all", () =>
    Effect.gen(function*() {
      const read: Array<number> = []
      const counted = Layer.effect(
        EventStores,
        Effect.map(EventStores, (inner) => ({
          of: (options) =>
            Effect.map(inner.of(options), (found) => {
              if (options.name !== Orders.name) return found
              const store = {
                ...found.store,
                subscribe: (following: Parameters<typeof found.store.subscribe>[0]) =>
                  Stream.tap(found.store.subscribe(following), ({ events }) =>
                    Effect.sync(() =>
                      read.push(
                        ...events.filter(({ type }) => type === "OrderCancelled").map(({ position }) => position)
                      )
                    ))
              }
              return { ...found, store } as typeof found
            })
        }))
      )
      /** What is read of the backlog until a process that begins has done an item that comes then. */
      const readBy = (id: string) =>
        Effect.gen(function*() {
          read.length = 0
          yield* pay(id)
          yield* Effect.repeat(Effect.andThen(Effect.yieldNow, states()), {
            until: (all) => all.includes(`${id} Done`)
          })
          return [...read]
        }).pipe(Effect.provide(Layer.provide(main, counted)))
      for (const backlog of [600, 1200]) {
        yield* Effect.gen(function*() {
          for (let index = 0; index < backlog; index++) yield* cancel("another")
        }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [pluginOf()] })))
        const positions = yield* readBy(`after ${backlog}`)
        assert.deepStrictEqual([positions.length, new Set(positions).size], [backlog, backlog])
        assert.lengthOf(yield* readBy(`later than ${backlog}`), 0)
      }
    }).pipe(onMemory))

  it.effect("that begins at an instant leaves older events alone", () => {
    const Recent = AutomationSlice.make("Recent", {
      item: { orderId: OrderId },
      key: "orderId",
      collects: [OrderPaid],
      sends: [ShipOrder],
      since: DateTime.makeUnsafe(60_000)
    })
    const plugin = pluginOf(Recent.automation({
      collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
      process: ({ orderId }) => Effect.succeed(publishCommand(ShipOrder, { orderId, address: "Here" }))
    }))
    return Effect.gen(function*() {
      yield* pay("old")
      yield* TestClock.adjust("1 minute")
      yield* pay("new")
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told, ["Paid old", "Paid new", "Shipped new"])
    }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [plugin] })), onMemory)
  })

  it.effect("parks an event that can't be collected for its entity alone, and goes on once it can", () => {
    let broken = true
    const Parcels = AutomationSlice.make("Parcels", {
      item: ShipPaidOrders.item,
      key: "orderId",
      collects: [OrderPaid],
      sends: [ShipOrder]
    })
    const plugin = pluginOf(Parcels.automation({
      collect: {
        OrderPaid: ({ address, orderId }) => {
          if (broken && address === "poison") throw new Error("no street in it")
          return { orderId: address === "stray" ? order("another") : orderId, address }
        }
      },
      process: (item) => Effect.succeed(publishCommand(ShipOrder, item))
    }))
    return Effect.gen(function*() {
      yield* pay("1", "poison")
      yield* pay("1", "behind")
      yield* pay("2", "stray")
      yield* pay("3")
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told).slice(4), ["Shipped 3"])
      const operations = yield* Operations
      const { parked } = yield* operations.parked("Orders.Parcels")
      assert.deepStrictEqual(parked.map(({ lane, reason }) => [lane, reason]), [
        ["1", "its collect threw: no street in it"],
        ["1", undefined],
        [
          "2",
          "its collect names 'another', which is no 'order' of the event (2); a todo list has items of its events' ids only"
        ]
      ])
      broken = false
      yield* operations.replay("Orders.Parcels", "1")
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told).slice(4), ["Shipped 3", "Shipped 1", "Shipped 1"])
    }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [plugin] })), onMemory)
  })

  it.effect("on two platforms with the same stores does each item once", () =>
    Effect.gen(function*() {
      const other = Layer.fresh(main)
      yield* Effect.gen(function*() {
        yield* Effect.gen(function*() {
          for (let index = 0; index < 40; index++) yield* pay(String(index))
          yield* TestPlatform.settled
        }).pipe(Effect.provide(other))
        yield* TestPlatform.settled
      }).pipe(Effect.provide(main))
      const shipped = (yield* told).filter((one) => one.startsWith("Shipped"))
      assert.deepStrictEqual(
        shipped.toSorted(),
        Array.from({ length: 40 }, (_, index) => `Shipped ${index}`).toSorted()
      )
      assert.lengthOf(yield* items(), 40)
    }).pipe(onMemory))

  it.effect("that is stopped midway is gone on with by the next process, and nothing is sent twice", () =>
    Effect.gen(function*() {
      const begun = yield* Deferred.make<void>()
      const stuck = pluginOf(ShipPaidOrders.automation({
        collect: { OrderPaid: ({ address, orderId }) => ({ orderId, address }) },
        process: () => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never)
      }))
      yield* Effect.andThen(pay("1"), Deferred.await(begun)).pipe(
        Effect.provide(Platform.layer({ version: "1.0.0", plugins: [stuck] }))
      )
      assert.deepInclude((yield* items())[0], { state: "Pending", attempts: 0 })
      yield* TestPlatform.settled.pipe(Effect.provide(main))
      assert.deepStrictEqual(yield* told, ["Paid 1", "Shipped 1"])
    }).pipe(onMemory))

  it.effect("parks an item that ends each process which begins it, and says so", () =>
    Effect.gen(function*() {
      const store = yield* (yield* WorkStores).of(Orders.name)
      const meta: Message.Meta = { messageId: "m", correlationId: "m", time: 0, service: "Orders", schemaVersion: 1 }
      const content = { item: { orderId: "1", address: "Here" }, meta: { ...meta }, position: 1 }
      yield* store.add("ShipPaidOrders", [{ id: "i", lane: "1", due: 0, content }], 0)
      for (let begun = 0; begun < 3; begun++) {
        assert.lengthOf(yield* store.take("ShipPaidOrders", { now: begun * 20_000, lease: 10_000, limit: 1 }), 1)
      }
      yield* TestClock.setTime(3 * 20_000)
      yield* TestPlatform.settled.pipe(Effect.provide(main))
      const reason = "it was begun 3 times and never came to an end: does it end the process?"
      assert.deepInclude((yield* items())[0], { state: "Parked", reason })
      assert.deepStrictEqual(yield* told, ["Flagged 1"])
    }).pipe(Effect.scoped, onMemory))

  it.effect("that breaks or takes too long has failed, and is tried again", () => {
    let attempts = 0
    const Twice = AutomationSlice.make("Twice", {
      item: { orderId: OrderId },
      key: "orderId",
      collects: [OrderPaid],
      sends: [ShipOrder],
      attempts: 2
    })
    const plugin = pluginOf(Twice.automation({
      collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
      process: ({ orderId }) =>
        Effect.suspend(() => {
          attempts++
          if (attempts === 1) throw new Error("broken")
          return attempts === 2 ? Effect.never : Effect.succeed(publishCommand(ShipOrder, { orderId, address: "Here" }))
        })
    }))
    return Effect.gen(function*() {
      yield* pay("1")
      yield* TestPlatform.settled
      assert.deepInclude((yield* items("Twice"))[0], { attempts: 1, reason: "broken" })
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("5 minutes")
      const [parked] = yield* items("Twice")
      assert.deepInclude(parked, { state: "Parked", attempts: 2, reason: "process took longer than 5m" })
      assert.isTrue(yield* (yield* Operations).replayWork("Orders", "Twice", parked!.id))
      yield* TestPlatform.settled
      assert.deepStrictEqual([attempts, ...yield* told], [3, "Paid 1", "Shipped 1"])
    }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [plugin] })), onMemory)
  })

  it.effect("goes on when the clock is set back or forward by an hour", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Duration.toMillis("2 hours"))
      yield* pay("1")
      yield* TestPlatform.settled
      yield* TestClock.setTime(Duration.toMillis("1 hour"))
      yield* pay("2")
      yield* TestPlatform.settled
      yield* TestClock.setTime(Duration.toMillis("3 hours"))
      yield* pay("3")
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told).filter((one) => one.startsWith("Shipped")), [
        "Shipped 1",
        "Shipped 2",
        "Shipped 3"
      ])
      yield* pausesPass
      assert.lengthOf(yield* told, 6)
    }).pipe(Effect.provide(main), onMemory))

  it.effect("goes on with the event's conversation and trace: same correlation, caused by the event, as the application", () =>
    Effect.gen(function*() {
      yield* Effect.withSpan(pay("1"), "the sender")
      yield* TestPlatform.settled
      const [paid, shipped] = yield* history
      assert.strictEqual(shipped!.meta.correlationId, paid!.meta.correlationId)
      const itemId = Message.deriveId(paid!.meta.messageId, "ShipPaidOrders", "item", 0)
      const commandId = Message.deriveId(itemId, "Orders.ShipPaidOrders.process", "Orders.ShipOrder", 0)
      assert.strictEqual(shipped!.meta.causationId, commandId)
      assert.deepStrictEqual(shipped!.meta.principal, { _tag: "System" })
      const traceOf = (traceparent: string | undefined) => traceparent?.split("-")[1]
      assert.isString(traceOf(paid!.meta.traceparent))
      assert.strictEqual(traceOf(shipped!.meta.traceparent), traceOf(paid!.meta.traceparent))
    }).pipe(Effect.provide(main), onMemory))

  it.effect("counts its items by what becomes of them, and shows its lag among the views", () =>
    Effect.gen(function*() {
      yield* pay("1")
      yield* pay("2", "x")
      yield* pausesPass
      const count = (outcome: string) =>
        Metric.value(Metric.withAttributes(Metrics.todoItems, { component: "Orders.ShipPaidOrders", outcome }))
      const counts = yield* Effect.forEach(["done", "failed", "parked"], count)
      assert.deepStrictEqual(counts.map((state) => state.count), [1, 3, 1])
      const [list] = yield* (yield* Operations).views
      assert.deepInclude(list, { view: "Orders.ShipPaidOrders", lagMillis: 0 })
    }).pipe(Effect.provide(main), onMemory, Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("sends a delayed command when so much time has passed since the event, also by another process", () => {
    const Later = AutomationSlice.make("Later", {
      item: { orderId: OrderId },
      key: "orderId",
      collects: [OrderPaid],
      sends: [ShipOrder, FlagOrder]
    })
    const plugin = pluginOf(Later.automation({
      collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
      process: ({ orderId }) =>
        Effect.succeed([
          publishCommandDelayed("30 minutes", FlagOrder, { orderId, reason: "late" }),
          publishCommand(ShipOrder, { orderId, address: "Here" })
        ])
    }))
    const platform = Platform.layer({ version: "1.0.0", plugins: [plugin] })
    return Effect.gen(function*() {
      yield* Effect.andThen(pay("1"), TestPlatform.settled).pipe(Effect.provide(platform))
      yield* TestClock.adjust(Duration.minutes(30).pipe(Duration.subtract(Duration.millis(1))))
      yield* Effect.gen(function*() {
        yield* TestPlatform.settled
        assert.deepStrictEqual(yield* told, ["Paid 1", "Shipped 1"])
        yield* TestClock.adjust("1 milli")
        yield* TestPlatform.settled
        assert.deepStrictEqual(yield* told, ["Paid 1", "Shipped 1", "Flagged 1"])
      }).pipe(Effect.provide(platform))
    }).pipe(onMemory)
  })
})

describe("an automation whose target decides later", () => {
  let rejections = 0
  class ShipLater extends StateChangeSlice.make("ShipLater", {
    command: { orderId: OrderId },
    consumes: [],
    produces: [OrderShipped],
    errors: [UnknownAddress],
    async: true
  }) {}
  const ShipLaterLive = ShipLater.behavior({
    initial: null,
    evolve: {},
    decide: ({ orderId }) =>
      Effect.suspend(() =>
        rejections-- > 0
          ? Effect.fail(new UnknownAddress({ address: "?" }))
          : Effect.succeed([OrderShipped.make({ orderId, address: "later" })])
      )
  })
  const Later = AutomationSlice.make("Later", {
    item: { orderId: OrderId },
    key: "orderId",
    collects: [OrderPaid],
    resolves: [OrderCancelled],
    sends: [ShipLater]
  })
  const plugin = Plugin.make("Orders", {
    version: "1.0.0",
    stateChangeSlices: [...slices, ShipLaterLive],
    automationSlices: [Later.automation({
      collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
      process: ({ orderId }) => Effect.succeed(publishCommand(ShipLater, { orderId }))
    })]
  })

  it.effect("waits for the outcome, tries again what was rejected, and has it accepted once", () => {
    rejections = 2
    return Effect.gen(function*() {
      yield* pay("1")
      yield* TestPlatform.settled
      assert.deepInclude((yield* items("Later"))[0], {
        state: "Pending",
        attempts: 1,
        reason: "Orders.ShipLater was rejected: UnknownAddress {\"_tag\":\"UnknownAddress\",\"address\":\"?\"}"
      })
      yield* pausesPass
      assert.deepStrictEqual(yield* told, ["Paid 1", "Shipped 1"])
      assert.deepInclude((yield* items("Later"))[0], { state: "Done", attempts: 3 })
      assert.lengthOf(yield* items("commands"), 3)
    }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [plugin] })), onMemory)
  })
})

describe("the definition of a todo list", () => {
  const options = { item: { orderId: OrderId }, key: "orderId", collects: [OrderPaid] } as const

  it("is refused at once where events can't be followed by its key, or its attempts make no sense", () => {
    class Closed extends Event.make("Closed", {}) {}
    assert.throws(
      () => AutomationSlice.make("A", { ...options, resolves: [Closed] }),
      "automation 'A' is keyed by 'order', which its event 'Closed' doesn't carry; add the id to the event"
    )
    assert.throws(
      () => AutomationSlice.make("A", { ...options, key: "orderid" as "orderId" }),
      "the key 'orderid' of automation 'A' is no field of its item made by Id.make"
    )
    assert.throws(
      () => OutboundTranslationSlice.make("A", { ...options, attempts: 0 }),
      "translation 'A' is tried 0 times; 'attempts' must be a whole number of at least 1"
    )
    assert.throws(
      () => AutomationSlice.make("commands", options),
      "automation 'commands' needs another name: the platform has a queue of that name"
    )
  })

  it("that sends to a component which the plugin hasn't got is refused by the plugin", () => {
    assert.throws(
      () => Plugin.make("Orders", { version: "1.0.0", automationSlices: [ShipPaidOrdersLive] }),
      "'ShipPaidOrders' sends 'ShipOrder', which plugin 'Orders' doesn't list"
    )
  })
})
