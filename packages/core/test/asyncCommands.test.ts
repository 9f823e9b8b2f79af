import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import { EventStoreError, OutcomeUnknown, StoreUnavailable } from "@reventless/core/EventStore"
import { EventStores } from "@reventless/core/EventStores"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import * as Query from "@reventless/core/Query"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { WorkStores } from "@reventless/core/WorkStore"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"

const OrderId = Id.make("order")
class Shipped extends Event.make("Shipped", { order: OrderId, parcel: Schema.Int }) {}
class AlreadyShipped extends Schema.TaggedError<AlreadyShipped>()("AlreadyShipped", { order: OrderId }) {}

class Ship extends StateChangeSlice.make("Ship", {
  command: { order: OrderId, parcel: Schema.Int },
  consumes: [Shipped],
  produces: [Shipped],
  errors: [AlreadyShipped],
  async: true,
  access: Access.anyone
}) {}

const ShipLive = Ship.behavior({
  initial: [] as ReadonlyArray<number>,
  evolve: { Shipped: (parcels, { parcel }) => [...parcels, parcel] },
  decide: (command, parcels) =>
    command.parcel === 13
      ? Effect.die(new Error("broken"))
      : parcels.includes(command.parcel)
      ? Effect.fail(new AlreadyShipped({ order: command.order }))
      : Effect.succeed([Shipped.make(command)])
})

const Shipping = Plugin.make("Shipping", { version: "1.0.0", stateChangeSlices: [ShipLive] })
const main = Platform.layer({ version: "1.0.0", plugins: [Shipping] })
const Test = main.pipe(Layer.provideMerge(Platform.layerMemory))

/** As it was async once. */
class Count extends StateChangeSlice.make("Count", {
  command: { order: OrderId, parcel: Schema.Int },
  consumes: [],
  produces: [Shipped],
  access: Access.anyone
}) {}
const CountLive = Count.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([Shipped.make(command)])
})
const Counting = Plugin.make("Counting", { version: "1.0.0", stateChangeSlices: [CountLive] })

const one = OrderId.make("1")
const two = OrderId.make("2")

const parcels = (order: string) =>
  Effect.scoped(Effect.gen(function*() {
    const { store } = yield* (yield* EventStores).of({ name: Shipping.name, plan: Shipping.plan })
    const events = yield* Stream.runCollect(store.read(Query.make({ types: ["Shipped"], tags: [`order:${order}`] })))
    return events.map(({ data }) => (data as { readonly parcel: number }).parcel)
  }))

/** Stores whose appends fail as long as `failing` says. */
const unreliable = (failing: () => "Unavailable" | "Unknown" | undefined) =>
  Layer.effect(
    EventStores,
    Effect.map(EventStores, (inner) => ({
      of: (plugin) =>
        Effect.map(inner.of(plugin), ({ store }) => ({
          positioned: false,
          store: {
            ...store,
            append: (events, options) =>
              Effect.suspend(() => {
                const how = failing()
                const detail = "the test says so"
                if (how === undefined) return store.append(events, options)
                if (how === "Unavailable") {
                  return Effect.fail(new EventStoreError({ reason: new StoreUnavailable({ detail }) }))
                }
                return Effect.andThen(
                  store.append(events, options),
                  Effect.fail(new EventStoreError({ reason: new OutcomeUnknown({ detail }) }))
                )
              })
          }
        }))
    }))
  ).pipe(Layer.provideMerge(Platform.layerMemory))

const hour = 3_600_000

/** A clock that shows so many milliseconds less. */
const setBack = (clock: Clock.Clock, behind: () => number): Clock.Clock => ({
  currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() - behind(),
  currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now - behind()),
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
  currentTimeNanos: clock.currentTimeNanos,
  sleep: (duration) => clock.sleep(duration)
})

describe("a command of an async slice", () => {
  it.live("is taken at once, and its outcome is awaited by its message id", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const pending = yield* bus.send(Ship, { order: one, parcel: 1 })
      assert.strictEqual(pending._tag, "CommandPending")
      const outcome = yield* bus.outcome(pending.messageId, { wait: "1 minute" })
      assert.deepInclude({ ...outcome }, { messageId: pending.messageId, eventCount: 1 })
      assert.deepStrictEqual(yield* parcels("1"), [1])
    }).pipe(Effect.provide(Test)))

  it.live("that this process decides is taken by no look, and nobody who waits for its outcome looks it up", () => {
    let looks = 0
    let taken = 0
    const counting = Layer.effect(
      WorkStores,
      Effect.map(WorkStores, (stores) => ({
        of: (plugin) =>
          Effect.map(stores.of(plugin), (store) => ({
            ...store,
            get: (queue, id) => Effect.suspend(() => (looks++, store.get(queue, id))),
            take: (queue, options) =>
              Effect.tap(store.take(queue, options), (items) =>
                Effect.sync(() => {
                  if (queue === "commands") taken += items.length
                }))
          }))
      }))
    ).pipe(Layer.provideMerge(Platform.layerMemory))
    return Effect.gen(function*() {
      const bus = yield* CommandBus
      const first = yield* bus.send(Ship, { order: one, parcel: 1 })
      yield* bus.outcome(first.messageId, { wait: "5 seconds" })
      looks = taken = 0
      const orders = Array.from({ length: 50 }, (_, index) => OrderId.make(`many ${index}`))
      yield* Effect.forEach(orders, (order) =>
        Effect.flatMap(
          bus.send(Ship, { order, parcel: 1 }),
          ({ messageId }) => bus.outcome(messageId, { wait: "1 minute" })
        ), { concurrency: "unbounded" })
      assert.deepStrictEqual({ looks, taken }, { looks: 0, taken: 0 })
    }).pipe(Effect.provide(main.pipe(Layer.provideMerge(counting))))
  })

  it.live("that is rejected says so in its outcome, with its own error", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(Ship, { order: one, parcel: 1 })
      const { messageId } = yield* bus.send(Ship, { order: one, parcel: 1 })
      const outcome = yield* bus.outcome(messageId, { wait: "1 minute" })
      assert.deepInclude({ ...outcome }, { _tag: "CommandRejected", errorCode: "AlreadyShipped" })
    }).pipe(Effect.provide(Test)))

  it.live("is decided after those that were taken before it for the same entity", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const order = Array.from({ length: 12 }, (_, parcel) => parcel)
      const sent = yield* Effect.forEach(order, (parcel) =>
        bus.send(Ship, { order: parcel % 2 === 0 ? one : two, parcel }))
      for (const { messageId } of sent) {
        yield* bus.outcome(messageId, { wait: "1 minute" })
      }
      assert.deepStrictEqual(yield* parcels("1"), [0, 2, 4, 6, 8, 10])
      assert.deepStrictEqual(yield* parcels("2"), [1, 3, 5, 7, 9, 11])
    }).pipe(Effect.provide(Test)))

  it.live("sent again under its command id is the same command", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const [first, second] = yield* Effect.all([
        bus.send(Ship, { order: one, parcel: 1 }, { commandId: "c" }),
        bus.send(Ship, { order: one, parcel: 1 }, { commandId: "c" })
      ])
      assert.strictEqual(second.messageId, first.messageId)
      yield* bus.outcome(first.messageId, { wait: "1 minute" })
      assert.deepStrictEqual(yield* parcels("1"), [1])
      const other = yield* bus.send(Ship, { order: one, parcel: 2 }, { commandId: "c" })
      const outcome = yield* bus.outcome(other.messageId, { wait: "1 minute" })
      assert.deepInclude({ ...outcome }, { _tag: "CommandRejected", errorCode: "CommandIdReused" })
    }).pipe(Effect.provide(Test)))

  it.live("that fails for a passing reason is tried again, and one that was written is not written twice", () => {
    let failures = 0
    const reasons = ["Unavailable", "Unknown", "Unavailable"] as const
    return Effect.gen(function*() {
      const bus = yield* CommandBus
      const { messageId } = yield* bus.send(Ship, { order: one, parcel: 1 })
      const outcome = yield* bus.outcome(messageId, { wait: "10 seconds" })
      assert.strictEqual(outcome._tag, "CommandAccepted")
      assert.deepStrictEqual(yield* parcels("1"), [1])
      assert.isAtLeast(failures, 2)
    }).pipe(Effect.provide(main.pipe(Layer.provideMerge(unreliable(() => reasons[failures++])))))
  })

  it.live("that can't be decided is parked with its reason; its entity waits, and others go on", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const broken = yield* bus.send(Ship, { order: one, parcel: 13 })
      const behind = yield* bus.send(Ship, { order: one, parcel: 1 })
      const other = yield* bus.send(Ship, { order: two, parcel: 2 })
      assert.strictEqual((yield* bus.outcome(other.messageId, { wait: "1 minute" }))._tag, "CommandAccepted")
      const outcome = yield* bus.outcome(broken.messageId, { wait: "1 second" })
      assert.strictEqual(outcome._tag === "CommandPending" && outcome.reason?.includes("broken"), true)
      assert.strictEqual((yield* bus.outcome(behind.messageId))._tag, "CommandPending")

      const work = yield* (yield* WorkStores).of(Shipping.name)
      const [parked] = yield* work.list("commands", { state: "Parked", limit: 10 })
      assert.strictEqual(parked!.id, broken.messageId)
      assert.isTrue(yield* work.cancel("commands", broken.messageId))
      assert.strictEqual((yield* bus.outcome(behind.messageId, { wait: "1 minute" }))._tag, "CommandAccepted")
    }).pipe(Effect.scoped, Effect.provide(Test)))

  it.live("is decided although its slice is not async any more", () =>
    Effect.gen(function*() {
      const messageId = "0190c9f2-0000-7000-8000-000000000001"
      yield* Effect.gen(function*() {
        const work = yield* (yield* WorkStores).of(Counting.name)
        const meta = { messageId, correlationId: messageId, time: 1, service: "Counting.Count", schemaVersion: 1 }
        const content = { target: "Counting.Count", meta, command: { order: "1", parcel: 1 } }
        yield* work.add("commands", [{ id: messageId, lane: "order:1", due: 1, content }], 1)
        const bus = yield* CommandBus
        assert.strictEqual((yield* bus.outcome(messageId, { wait: "1 minute" }))._tag, "CommandAccepted")
      }).pipe(
        Effect.scoped,
        Effect.provide(
          Platform.layer({ version: "1.0.0", plugins: [Counting] }).pipe(Layer.provideMerge(Platform.layerMemory))
        )
      )
    }))

  it.live("is decided at once although the clock was set back by an hour after it was taken", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const ahead = Effect.provideService(Clock.Clock, setBack(yield* Clock.Clock, () => -hour))
      const first = yield* ahead(bus.send(Ship, { order: one, parcel: 1 }))
      assert.strictEqual((yield* bus.outcome(first.messageId, { wait: "1 minute" }))._tag, "CommandAccepted")
    }).pipe(Effect.provide(Test)))

  it.live("is decided although the work store broke once", () => {
    let takes = 0
    const breaking = Layer.effect(
      WorkStores,
      Effect.map(WorkStores, (inner) => ({
        of: (plugin) =>
          Effect.map(inner.of(plugin), (store) => ({
            ...store,
            take: (queue, options) =>
              queue === "commands" && takes++ === 0 ? Effect.die(new Error("once")) : store.take(queue, options)
          }))
      }))
    ).pipe(Layer.provideMerge(Platform.layerMemory))
    return Effect.gen(function*() {
      const bus = yield* CommandBus
      const { messageId } = yield* bus.send(Ship, { order: one, parcel: 1 })
      assert.strictEqual((yield* bus.outcome(messageId, { wait: "1 minute" }))._tag, "CommandAccepted")
      assert.isAtLeast(takes, 2)
    }).pipe(Effect.provide(main.pipe(Layer.provideMerge(breaking))))
  })

  it.effect("that is being decided when its process stops is decided at once by the next one", () =>
    Effect.gen(function*() {
      const begun = yield* Deferred.make<void>()
      const Stuck = Plugin.make("Shipping", {
        version: "1.0.0",
        stateChangeSlices: [Ship.behavior({
          initial: null,
          evolve: { Shipped: () => null },
          decide: () => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never)
        })]
      })
      const { messageId } = yield* Effect.gen(function*() {
        const pending = yield* (yield* CommandBus).send(Ship, { order: one, parcel: 1 })
        yield* Deferred.await(begun)
        return pending
      }).pipe(Effect.provide(Platform.layer({ version: "1.0.0", plugins: [Stuck] })))
      yield* Effect.gen(function*() {
        yield* TestClock.adjust(0)
        const outcome = yield* (yield* CommandBus).outcome(messageId)
        assert.strictEqual(outcome._tag, "CommandAccepted")
      }).pipe(Effect.provide(main))
    }).pipe(Effect.provide(Platform.layerMemory)))

  it.effect("that ends each process that begins it is parked, and not begun for ever", () =>
    Effect.gen(function*() {
      const work = yield* (yield* WorkStores).of(Shipping.name)
      const meta = { messageId: "m", correlationId: "m", time: 0, service: "Shipping.Ship", schemaVersion: 1 }
      const content = { target: "Shipping.Ship", meta, command: { order: "1", parcel: 1 } }
      yield* work.add("commands", [{ id: "m", lane: "order:1", due: 0, content }], 0)
      for (let begun = 0; begun < 12; begun++) {
        assert.lengthOf(yield* work.take("commands", { now: begun * 20_000, lease: 10_000, limit: 1 }), 1)
      }
      yield* TestClock.setTime(12 * 20_000)
      yield* Effect.gen(function*() {
        yield* TestClock.adjust(0)
        const outcome = yield* (yield* CommandBus).outcome("m", { wait: "1 minute" })
        assert.strictEqual(
          outcome._tag === "CommandPending" && outcome.reason,
          "it was begun 12 times and never came to an end: does it end the process?"
        )
        assert.deepStrictEqual(yield* parcels("1"), [])
      }).pipe(Effect.provide(main))
    }).pipe(Effect.scoped, Effect.provide(Platform.layerMemory)))

  it.live("is waited for no longer than asked, also when the clock is set back meanwhile", () =>
    Effect.gen(function*() {
      const clock = yield* Clock.Clock
      let behind = 0
      const bus = yield* CommandBus
      yield* bus.send(Ship, { order: one, parcel: 13 })
      const { messageId } = yield* bus.send(Ship, { order: one, parcel: 1 })
      yield* Effect.forkChild(Effect.andThen(Effect.sleep(50), Effect.sync(() => behind = hour)))
      const outcome = yield* bus.outcome(messageId, { wait: "150 millis" }).pipe(
        Effect.provideService(Clock.Clock, setBack(clock, () => behind)),
        Effect.timeout("1 minute")
      )
      assert.strictEqual(outcome._tag, "CommandPending")
    }).pipe(Effect.provide(Test)))

  it.live("is refused at once where it is malformed or not allowed, and then there is nothing to ask for", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const malformed = yield* Effect.flip(bus.send(Ship, { order: one, parcel: 1.5 }))
      assert.strictEqual(malformed._tag, "InvalidCommand")
      assert.strictEqual((yield* Effect.flip(bus.outcome("none")))._tag, "UnknownMessage")
    }).pipe(Effect.provide(Test)))

  it.live("shows its outcome to who sent it, and to nobody else", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const as = (principal: Principal.Principal) => Effect.provideService(Principal.CurrentPrincipal, principal)
      const { messageId } = yield* as(Principal.user("ann"))(bus.send(Ship, { order: one, parcel: 1 }))
      const wait = { wait: "1 minute" } as const
      assert.strictEqual(
        (yield* as(Principal.user("ann", ["g"]))(bus.outcome(messageId, wait)))._tag,
        "CommandAccepted"
      )
      const other = yield* Effect.flip(as(Principal.user("bob"))(bus.outcome(messageId, wait)))
      assert.strictEqual(other._tag, "UnknownMessage")
    }).pipe(Effect.provide(Test)))
})
