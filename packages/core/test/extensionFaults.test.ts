import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import { type AppendOptions, EventStoreError, type NewEvent, StoreUnavailable } from "@reventless/core/EventStore"
import { EventStores, type StoreOptions } from "@reventless/core/EventStores"
import { Operations } from "@reventless/core/Operations"
import * as Principal from "@reventless/core/Principal"
import { WorkStoreError, WorkStores } from "@reventless/core/WorkStore"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import {
  add,
  Catalog,
  catalogOf,
  changePrice,
  makeStores,
  NotePrice,
  OfferProduct,
  Ordering,
  orderingOf,
  OrderPlaced,
  parked,
  placeOrder,
  ProductAdded,
  ProductBecameAvailable,
  Products,
  published,
  start,
  told,
  unfinished
} from "./fixtures/talking.ts"

const settled = TestPlatform.settled

/** Long enough for leases to end and heartbeats to be missed. */
const aWhile = TestClock.adjust("15 minutes")

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe("plugins that talk, whatever happens", () => {
  it.effect("a provider that is down for a while finds the commands that were sent meanwhile, in their order", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const catalog = yield* start(stores, Catalog)
      yield* aWhile
      yield* catalog.stop
      const ordering = yield* start(stores, Ordering)
      for (const count of numbers(1, 5)) yield* ordering.run(placeOrder("kettle", count))
      yield* aWhile
      assert.deepStrictEqual(yield* ordering.run(told("Catalog")), [])
      const back = yield* start(stores, Catalog)
      yield* aWhile
      yield* back.run(settled)
      assert.deepStrictEqual(
        yield* back.run(told("Catalog")),
        numbers(1, 5).map((count) => `StockAdded kettle ${count}`)
      )
      assert.deepStrictEqual(yield* ordering.run(unfinished), [])
    }))

  it.effect("a consumer that is down for a while goes on behind what it has had, and has nothing twice", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const catalog = yield* start(stores, Catalog)
      const ordering = yield* start(stores, Ordering)
      yield* TestClock.adjust("1 minute")
      for (const price of numbers(1, 3)) yield* catalog.run(changePrice("kettle", price))
      yield* aWhile
      assert.strictEqual((yield* catalog.run(told("Ordering"))).length, 3)
      yield* ordering.stop
      for (const price of numbers(4, 6)) yield* catalog.run(changePrice("kettle", price))
      yield* aWhile
      assert.strictEqual((yield* catalog.run(told("Ordering"))).length, 3)
      const back = yield* start(stores, Ordering)
      yield* aWhile
      yield* back.run(settled)
      assert.deepStrictEqual(
        yield* catalog.run(told("Ordering")),
        numbers(1, 6).map((price) => `PriceNoted kettle ${price}`)
      )
    }))

  it.effect("an extension whose provider isn't there yet waits, and its commands with it, however long", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const ordering = yield* start(stores, Ordering)
      yield* ordering.run(placeOrder("kettle", 1))
      yield* TestClock.adjust("30 minutes")
      assert.deepStrictEqual(yield* ordering.run(unfinished), [])
      yield* start(stores, Catalog)
      yield* aWhile
      assert.deepStrictEqual(yield* ordering.run(told("Catalog")), ["StockAdded kettle 1"])
    }))

  it.effect("whoever is killed between the append and its end publishes once, and sends once", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const { of } = Context.get(stores, WorkStores)
      const reached = new Set<string>()
      const both = yield* Deferred.make<void>()
      const dying = Context.add(stores, WorkStores, {
        of: (plugin: string) =>
          Effect.map(of(plugin), (store) => ({
            ...store,
            finish: (...[queue, item, result, now]: Parameters<typeof store.finish>) => {
              if (result._tag === "Release" || !queue.includes("Products")) {
                return store.finish(queue, item, result, now)
              }
              reached.add(queue)
              if (reached.size === 2) Deferred.doneUnsafe(both, Effect.void)
              return Effect.never
            }
          }))
      })
      const killed = yield* start(dying, Catalog, Ordering)
      yield* killed.run(add("kettle"))
      yield* Deferred.await(both)
      assert.deepStrictEqual([...reached], ["Products.v1.events", "Catalog.Products"])
      yield* killed.stop
      const { run } = yield* start(stores, Catalog, Ordering)
      yield* aWhile
      yield* run(settled)
      assert.deepStrictEqual(yield* run(told(published)), ["ProductBecameAvailable kettle kettle"])
      assert.deepStrictEqual(yield* run(told("Ordering")), ["ProductOffered kettle kettle"])
    }))

  it.effect("whoever is killed before a command is known to be there sends it once", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const { of } = Context.get(stores, WorkStores)
      const reached = yield* Deferred.make<void>()
      const dying = Context.add(stores, WorkStores, {
        of: (plugin: string) =>
          Effect.map(of(plugin), (store) => ({
            ...store,
            add: (...[queue, items, now]: Parameters<typeof store.add>) =>
              queue === "Products.v1.commands"
                ? Effect.andThen(
                  store.add(queue, items, now),
                  Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
                )
                : store.add(queue, items, now)
          }))
      })
      const killed = yield* start(dying, Catalog, Ordering)
      yield* killed.run(placeOrder("kettle", 3))
      yield* Deferred.await(reached)
      yield* killed.stop
      const { run } = yield* start(stores, Catalog, Ordering)
      yield* aWhile
      yield* run(settled)
      assert.deepStrictEqual(yield* run(told("Catalog")), ["StockAdded kettle 3"])
    }))

  it.effect("however often all are killed midway, everything arrives once and in the order of its entity", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const all = numbers(1, 10)
      for (const round of all) {
        const { run, stop } = yield* start(stores, Catalog, Ordering)
        for (const id of ["a", "b", "c"]) {
          yield* run(changePrice(id, round))
          yield* run(placeOrder(id, round))
        }
        yield* Effect.repeat(Effect.yieldNow, { times: round * 13 })
        yield* stop
        yield* TestClock.adjust("1 second")
      }
      const { run } = yield* start(stores, Catalog, Ordering)
      yield* aWhile
      yield* run(settled)
      const [catalog, ordering] = [yield* run(told("Catalog")), yield* run(told("Ordering"))]
      for (const id of ["a", "b", "c"]) {
        const of = (log: ReadonlyArray<string>, type: string) => log.filter((one) => one.startsWith(`${type} ${id} `))
        assert.deepStrictEqual(of(ordering, "PriceNoted"), all.map((price) => `PriceNoted ${id} ${price}`))
        assert.deepStrictEqual(of(catalog, "StockAdded"), all.map((count) => `StockAdded ${id} ${count}`))
      }
      assert.strictEqual((yield* run(told(published))).length, 30)
      assert.deepStrictEqual(yield* run(unfinished), [])
    }))

  it.effect("two platforms of the same plugins publish, deliver and send everything once", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const [one, two] = [yield* start(stores, Catalog, Ordering), yield* start(stores, Catalog, Ordering)]
      for (const round of numbers(1, 10)) {
        for (const id of ["a", "b", "c"]) {
          yield* (round % 2 === 0 ? one : two).run(changePrice(id, round))
          yield* (round % 2 === 0 ? two : one).run(placeOrder(id, round))
        }
      }
      yield* aWhile
      yield* one.run(settled)
      yield* two.run(settled)
      assert.strictEqual((yield* one.run(told(published))).length, 30)
      const [catalog, ordering] = [yield* one.run(told("Catalog")), yield* one.run(told("Ordering"))]
      for (const id of ["a", "b", "c"]) {
        const of = (log: ReadonlyArray<string>, type: string) => log.filter((one) => one.startsWith(`${type} ${id} `))
        assert.deepStrictEqual(of(ordering, "PriceNoted"), numbers(1, 10).map((price) => `PriceNoted ${id} ${price}`))
        assert.deepStrictEqual(of(catalog, "StockAdded"), numbers(1, 10).map((count) => `StockAdded ${id} ${count}`))
      }
    }))

  it.effect("a flood of one plugin's events leaves another's latency and the memory as they are", () => {
    let [working, most] = [0, 0]
    const slow = Products.extension({
      incoming: {
        ProductBecameAvailable: ({ name, productId }) => publishCommand(OfferProduct, { productId, name }),
        ProductPriceChanged: (event) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              most = Math.max(most, ++working)
            }),
            () => Effect.as(Effect.sleep("1 second"), publishCommand(NotePrice, event)),
            () => Effect.sync(() => void working--)
          )
      },
      from: [OrderPlaced],
      outgoing: { OrderPlaced: (event) => publishCommand(Products.commands.Restock, event) }
    })
    return Effect.gen(function*() {
      const { run } = yield* start(yield* makeStores, Catalog, orderingOf(slow))
      for (const index of numbers(1, 600)) yield* run(changePrice(`p${index}`, index))
      yield* TestClock.adjust("1 second")
      // What another plugin does meanwhile isn't behind the flood: a command back to the catalog goes through at once.
      yield* run(placeOrder("kettle", 1))
      yield* Effect.repeat(Effect.yieldNow, { times: 500 })
      assert.strictEqual((yield* run(told("Catalog"))).at(-1), "StockAdded kettle 1")
      assert.isBelow((yield* run(told("Ordering"))).length, 200)
      assert.strictEqual(most, 32)
    })
  })

  it.effect("an event store that is away for a while holds up what is published, and nothing is lost", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const { of } = Context.get(stores, EventStores)
      let isAway = true
      const failing = Context.add(stores, EventStores, {
        of: (options: StoreOptions) =>
          Effect.map(of(options), (opened) =>
            ({
              positioned: false,
              store: options.name === published
                ? {
                  ...opened.store,
                  append: (events: ReadonlyArray<NewEvent>, appending: AppendOptions | undefined) =>
                    isAway ? Effect.die("the disk is away") : opened.store.append(events, appending)
                }
                : opened.store
            }) as const)
      })
      const { run } = yield* start(failing, Catalog)
      yield* run(add("kettle"))
      yield* run(changePrice("kettle", 1))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* run(told(published)), [])
      isAway = false
      yield* aWhile
      yield* run(settled)
      assert.deepStrictEqual(yield* run(told(published)), [
        "ProductBecameAvailable kettle kettle",
        "ProductPriceChanged kettle 1"
      ])
    }))

  it.effect("stores that are away for ten minutes park nothing: what is published and sent goes through when they are back", () =>
    Effect.gen(function*() {
      const stores = yield* makeStores
      const events = Context.get(stores, EventStores)
      const works = Context.get(stores, WorkStores)
      let isAway = true
      const away = new EventStoreError({ reason: new StoreUnavailable({ detail: "the network is away" }) })
      const failing = Context.add(stores, EventStores, {
        of: (options: StoreOptions) =>
          Effect.map(events.of(options), ({ store }) =>
            ({
              positioned: false,
              store: {
                ...store,
                append: (appended: ReadonlyArray<NewEvent>, appending: AppendOptions | undefined) =>
                  Effect.suspend(() =>
                    isAway && options.name === published ? Effect.fail(away) : store.append(appended, appending)
                  )
              }
            }) as const)
      }).pipe(Context.add(WorkStores, {
        of: (plugin: string) =>
          Effect.map(works.of(plugin), (store) => ({
            ...store,
            add: (...[queue, ...adding]: Parameters<typeof store.add>) =>
              Effect.suspend(() =>
                isAway && queue === "Products.v1.commands"
                  ? Effect.fail(new WorkStoreError({ detail: "the network is away", isRetryable: true }))
                  : store.add(queue, ...adding)
              )
          }))
      }))
      const { run } = yield* start(failing, Catalog, Ordering)
      yield* run(add("kettle"))
      yield* run(placeOrder("kettle", 3))
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* run(parked), [])
      assert.deepStrictEqual(yield* run(told(published)), [])
      isAway = false
      yield* TestClock.adjust("1 minute")
      yield* run(settled)
      assert.deepStrictEqual(yield* run(told(published)), ["ProductBecameAvailable kettle kettle"])
      assert.deepStrictEqual((yield* run(told("Catalog"))).slice(1), ["StockAdded kettle 3"])
      assert.deepStrictEqual(yield* run(unfinished), [])
    }))

  it.effect("what handles one more kind of event goes through the history for that kind, and does nothing twice", () =>
    Effect.gen(function*() {
      const added = Products.mapping({
        from: [ProductAdded],
        outgoing: {
          ProductAdded: ({ name, productId }) =>
            publishEvent(ProductBecameAvailable.make({ productId, name, sizes: [] }))
        },
        incoming: { Restock: () => undefined }
      })
      const stores = yield* makeStores
      const before = yield* start(stores, catalogOf(added), Ordering)
      for (const id of ["a", "b"]) {
        yield* before.run(add(id))
        yield* before.run(changePrice(id, 1))
      }
      yield* aWhile
      yield* before.run(settled)
      yield* before.stop
      assert.strictEqual((yield* before.run(told(published))).length, 2)
      const { run } = yield* start(stores, Catalog, Ordering)
      yield* aWhile
      yield* run(settled)
      assert.deepStrictEqual((yield* run(told(published))).toSorted(), [
        "ProductBecameAvailable a a",
        "ProductBecameAvailable b b",
        "ProductPriceChanged a 1",
        "ProductPriceChanged b 1"
      ])
      assert.deepStrictEqual((yield* run(told("Ordering"))).toSorted(), [
        "PriceNoted a 1",
        "PriceNoted b 1",
        "ProductOffered a a",
        "ProductOffered b b"
      ])
    }))

  it.effect("an item that a person has cancelled isn't done when everything is collected once more", () =>
    Effect.gen(function*() {
      const { run } = yield* start(yield* makeStores, Catalog, Ordering)
      yield* run(add("kettle", "bad"))
      yield* run(changePrice("kettle", 1))
      yield* aWhile
      const list = "Ordering.Catalog.Products"
      yield* run(
        Effect.gen(function*() {
          const operations = yield* Operations
          const [item] = yield* parked
          assert.isTrue(yield* operations.cancelWork("Ordering", "Catalog.Products", item!.id, "nobody wants it"))
          yield* Stream.runDrain(operations.rebuild(list))
        }).pipe(Effect.provideService(Principal.CurrentPrincipal, Principal.system))
      )
      yield* aWhile
      yield* run(settled)
      assert.deepStrictEqual(yield* run(told("Ordering")), ["PriceNoted kettle 1"])
      assert.deepStrictEqual(yield* run(unfinished), [])
    }))
})
