/** Todo lists: each item is done once, whatever is stopped, repeated or done by several at the same time. */
import { ViewStoreError } from "@reventless/core/ViewStore"
import { WorkStores, type WorkStoreShape } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { equal } from "../conformance/Check.ts"
import { type AnyCheck, chapter, type Stores } from "./Check.ts"
import { log, open, pause, type Running, seeded, start, type StartOptions, withViewStores } from "./Fixture.ts"
import * as Parcels from "./Parcels.ts"

const check = chapter("todo lists")

const startParcels = (options: Parcels.Options & Omit<StartOptions<never>, "plugins"> = {}) =>
  start({ ...options, plugins: [Parcels.make(options)] })

const id = Parcels.OrderId.make
const pay = ({ bus }: Running, order: string, parcel: number) => bus.send(Parcels.Pay, { order: id(order), parcel })
const callBack = ({ bus }: Running, order: string) => bus.send(Parcels.CallBack, { order: id(order) })

const work = ({ operations }: Running) =>
  Effect.map(
    operations.work({ plugin: "Parcels", limit: 1000 }),
    (page) => page.work.filter(({ queue }) => queue === "ShipPaid")
  )

const isCollected = ({ operations }: Running) =>
  Effect.map(operations.views, (views) => views.every(({ lagMillis }) => lagMillis === 0))

/** Waits until everything is collected and what is left of it waits for a person. */
const settled = (running: Running) =>
  Effect.gen(function*() {
    yield* Effect.sleep(1)
    return (yield* isCollected(running)) && (yield* work(running)).every(({ state }) => state === "Parked") &&
      (yield* isCollected(running))
  }).pipe(Effect.repeat({ until: (done) => done }))

/** The parcels of an order that have an event of this type, in their order. */
const parcelsOf = Effect.fnUntraced(function*(running: Running, type: string) {
  const orders = new Map<string, Array<number>>()
  for (const { data, type: found } of yield* log(running)) {
    if (found !== type) continue
    const { order, parcel } = data as { readonly order: string; readonly parcel: number }
    orders.set(order, [...orders.get(order) ?? [], parcel])
  }
  return Object.fromEntries([...orders].sort(([a], [b]) => a < b ? -1 : 1))
})

/** What is paid is shipped once, and each order's parcels in the order in which they were paid. */
const allShipped = Effect.fnUntraced(function*(running: Running) {
  yield* settled(running)
  yield* equal(
    yield* parcelsOf(running, "Shipped"),
    yield* parcelsOf(running, "Paid"),
    "what was shipped of what was paid"
  )
})

/** Waits until an item waits for a person. */
const someParked = (running: Running) =>
  Effect.repeat(
    Effect.andThen(
      Effect.sleep(1),
      Effect.map(work(running), (items) => items.some(({ state }) => state === "Parked"))
    ),
    { until: (done) => done }
  )

/** Has the whole history collected once more, by a rebuild. */
const collectedAgain = ({ operations }: Running) => Stream.runDrain(operations.rebuild(Parcels.list))

const payAny = Effect.fnUntraced(function*(running: Running, parcel: number) {
  const order = yield* Random.nextIntBetween(0, 5)
  yield* pay(running, `order ${order}`, parcel)
})

/** The provider with other work stores. */
const withWorkStores = (change: (store: WorkStoreShape) => Partial<WorkStoreShape>) =>
(
  provider: Context.Context<Stores>
): Context.Context<Stores> => {
  const { of } = Context.get(provider, WorkStores)
  return Context.add(provider, WorkStores, {
    of: (plugin) => Effect.map(of(plugin), (store) => ({ ...store, ...change(store) }))
  })
}

export const todoLists: ReadonlyArray<AnyCheck> = [
  check(
    "each item is done once, those of one entity in the order of their events",
    seeded(Effect.gen(function*() {
      const running = yield* startParcels()
      for (let parcel = 100; parcel < 140; parcel++) yield* payAny(running, parcel)
      yield* allShipped(running)
    }))
  ),
  check(
    "however often it is stopped midway, whoever goes on does each item once",
    seeded(Effect.gen(function*() {
      for (let round = 1; round <= 6; round++) {
        const running = yield* startParcels({ before: Effect.yieldNow })
        for (let parcel = 0; parcel < 6; parcel++) yield* payAny(running, round * 100 + parcel)
        yield* pause(200)
        yield* running.stop
      }
      yield* allShipped(yield* startParcels())
    }))
  ),
  check(
    "two platforms at the same time do each item once",
    seeded(Effect.gen(function*() {
      const [first, second] = [yield* startParcels(), yield* startParcels()]
      for (let parcel = 100; parcel < 140; parcel++) yield* payAny(parcel % 2 === 0 ? first : second, parcel)
      yield* settled(second)
      yield* allShipped(first)
    }))
  ),
  check(
    "events whose checkpoint isn't written are collected again, and their items are done once",
    seeded(Effect.gen(function*() {
      let commits = 0
      const running = yield* startParcels({
        on: withViewStores((store) => ({
          ...store,
          commit: (step) =>
            Effect.suspend(() =>
              commits++ % 2 === 0
                ? Effect.fail(new ViewStoreError({ detail: "the check says so", isRetryable: true }))
                : store.commit(step)
            )
        }))(yield* open)
      })
      for (let parcel = 100; parcel < 120; parcel++) yield* payAny(running, parcel)
      yield* allShipped(running)
    }))
  ),
  check(
    "an item that is begun again although its commands were accepted does nothing twice",
    seeded(Effect.gen(function*() {
      const running = yield* startParcels({
        on: withWorkStores((store) => ({
          finish: (queue, item, result, now) =>
            store.finish(
              queue,
              item,
              queue === "ShipPaid" && item.attempts === 1
                ? { _tag: "Retry", due: now, reason: "its end got lost" }
                : result,
              now
            )
        }))(yield* open)
      })
      for (let parcel = 100; parcel < 120; parcel++) yield* payAny(running, parcel)
      yield* allShipped(running)
    }))
  ),
  check(
    "a rejected command is a failed attempt; when they are used up it is said once, and the item waits for a person",
    Effect.gen(function*() {
      const running = yield* startParcels()
      yield* pay(running, "a", Parcels.unshippable)
      yield* pay(running, "a", 1)
      yield* pay(running, "b", 2)
      yield* someParked(running)
      const [parked, behind, ...others] = yield* work(running)
      yield* equal([parked?.state, parked?.attempts, parked?.lane], ["Parked", 2, "a"], "the item that is parked")
      yield* equal(parked?.reason?.startsWith("Parcels.Ship was rejected: NoShip"), true, "that it says why")
      yield* equal([behind?.state, behind?.attempts, others], ["Pending", 0, []], "the item behind it, and others")
      yield* equal(yield* parcelsOf(running, "GivenUp"), { a: [Parcels.unshippable] }, "what was said")
      yield* running.operations.replayWork("Parcels", "ShipPaid", parked!.id)
      yield* someParked(running)
      yield* equal(yield* parcelsOf(running, "GivenUp"), { a: [Parcels.unshippable] }, "what was said in all")
      yield* running.operations.cancelWork("Parcels", "ShipPaid", parked!.id, "nobody ships it")
      const shipped = Effect.map(parcelsOf(running, "Shipped"), ({ a }) => a?.length === 1)
      yield* Effect.repeat(Effect.andThen(Effect.sleep(1), shipped), { until: (done) => done })
      yield* equal(yield* parcelsOf(running, "Shipped"), { a: [1], b: [2] }, "what was shipped")
    })
  ),
  check(
    "an event closes the items of its entity from before it, whatever their state, and none from after it when it comes again",
    Effect.gen(function*() {
      const running = yield* startParcels()
      yield* pay(running, "a", Parcels.unshippable)
      yield* pay(running, "a", 1)
      yield* someParked(running)
      yield* callBack(running, "a")
      yield* settled(running)
      yield* equal(yield* work(running), [], "what is left to be done")
      yield* equal(yield* parcelsOf(running, "Shipped"), {}, "what was shipped")
      yield* pay(running, "a", Parcels.unshippable)
      yield* someParked(running)
      const left = yield* work(running)
      yield* collectedAgain(running)
      yield* equal(yield* work(running), left, "what is left to be done after all events came again")
      yield* equal(yield* parcelsOf(running, "Shipped"), {}, "what was shipped in all")
    })
  )
]
