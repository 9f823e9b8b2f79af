import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import type * as Command from "@reventless/core/Command"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Metrics from "@reventless/core/Metrics"
import { Operations } from "@reventless/core/Operations"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Scheduler } from "@reventless/core/Scheduler"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { WorkStores } from "@reventless/core/WorkStore"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import {
  add,
  AddStock,
  Announce,
  Catalog,
  catalogOf,
  catalogSlices,
  changePrice,
  makeStores,
  OfferProduct,
  orderingOf,
  OrderPlaced,
  placeOrder,
  PriceChanged,
  ProductAdded,
  ProductBecameAvailable,
  ProductPriceChanged,
  Products,
  ProductsExtensionLive,
  published,
  replayAll,
  start,
  startWith,
  told
} from "./fixtures/talking.ts"

const allAttempts = TestClock.adjust("5 minutes")

/** What a plugin brings for its directives. */
class Loudspeaker extends Context.Service<Loudspeaker, { readonly say: (text: string) => Effect.Effect<void> }>()(
  "Loudspeaker"
) {}

const restock = {
  Restock: (command: Command.TypeOf<(typeof Products.commandDefinitions)[number]>) => publishCommand(AddStock, command)
}

/** Lets fibers run until it is so; whoever doesn't come to it fails in the assertion that follows. */
const until = (isSo: () => boolean) => Effect.repeat(Effect.yieldNow, { until: isSo, times: 100_000 })

const heard = () => {
  const said: Array<string> = []
  return { said, say: ({ text }: Announce) => Effect.sync(() => void said.push(text)) }
}

/** A catalog that announces what it publishes. */
const announcing = (say: (directive: Announce) => Effect.Effect<unknown, unknown>, isFit: () => boolean = () => true) =>
  catalogOf(Products.mapping({
    from: [ProductAdded],
    outgoing: {
      ProductAdded: ({ name, productId }) =>
        isFit()
          ? [
            publishEvent(ProductBecameAvailable.make({ productId, name, sizes: [] })),
            handleDirective(say, Announce.make({ text: name }))
          ]
          : Effect.fail("not fit")
    },
    incoming: restock
  }))

/** Ordering that announces what becomes available. */
const following = (say: (directive: Announce) => Effect.Effect<unknown, unknown>) =>
  orderingOf(Products.extension({
    incoming: {
      ProductBecameAvailable: ({ name, productId }) => [
        handleDirective(say, Announce.make({ text: name })),
        publishCommand(OfferProduct, { productId, name })
      ],
      ProductPriceChanged: () => undefined
    }
  }))

const settled = TestPlatform.settled

/** Has the whole history collected once more. */
const rebuilt = (list: string) =>
  Effect.flatMap(Operations, (operations) => Stream.runDrain(operations.rebuild(list))).pipe(
    Effect.provideService(Principal.CurrentPrincipal, Principal.system)
  )

const outcomes = Effect.gen(function*() {
  const found: Record<string, number> = {}
  for (const outcome of ["handled", "failed", "skipped"]) {
    for (const plugin of ["Catalog", "Ordering"]) {
      const attributes = { plugin, point: "Catalog.Products", directive: "Announce", outcome }
      const { count } = yield* Metric.value(Metric.withAttributes(Metrics.directives, attributes))
      if (count > 0) found[`${plugin} ${outcome}`] = count
    }
  }
  return found
})

const ownMetrics = Effect.provideServiceEffect(Metric.MetricRegistry, Effect.sync(() => new Map()))

describe("a directive of an extension point", () => {
  it.effect("is handled once its event is published, by a program with Scheduler, QueryEngine and what its plugin brings", () => {
    const mapping = Products.mapping({
      from: [ProductAdded],
      outgoing: {
        ProductAdded: ({ name, productId }) => [
          handleDirective(
            Effect.fn(function*({ text }: Announce) {
              const when = { at: DateTime.makeUnsafe(60_000) }
              yield* QueryEngine
              yield* (yield* Scheduler).create({ name: text, when, to: AddStock, command: { productId, count: 9 } })
              yield* (yield* Loudspeaker).say(text)
            }),
            Announce.make({ text: name })
          ),
          publishEvent(ProductBecameAvailable.make({ productId, name, sizes: [] }))
        ]
      },
      incoming: restock
    })
    return Effect.gen(function*() {
      const stores = yield* makeStores
      const done = yield* Deferred.make<ReadonlyArray<string>>()
      const say = (text: string) =>
        Effect.flatMap(told(published), (events) => Deferred.succeed(done, [...events, text])).pipe(
          Effect.provideContext(stores),
          Effect.asVoid
        )
      const { run } = yield* Effect.provideService(startWith(stores, catalogOf(mapping)), Loudspeaker, { say })
      yield* run(add("kettle"))
      assert.deepStrictEqual(yield* Deferred.await(done), ["ProductBecameAvailable kettle kettle", "kettle"])
      yield* TestClock.adjust("1 minute")
      yield* run(settled)
      assert.deepStrictEqual((yield* run(told("Catalog"))).at(-1), "StockAdded kettle 9")
    })
  })

  it.effect("of a command is handled once what the command comes to is accepted", () => {
    const { said, say } = heard()
    const mapping = Products.mapping({
      incoming: {
        Restock: (command) => [
          handleDirective(say, Announce.make({ text: `restocked ${command.count}` })),
          publishCommand(AddStock, command)
        ]
      }
    })
    return Effect.gen(function*() {
      const { run } = yield* start(yield* makeStores, catalogOf(mapping), orderingOf(ProductsExtensionLive))
      yield* run(placeOrder("kettle", 1000))
      yield* run(placeOrder("pan", 2))
      yield* allAttempts
      yield* run(settled)
      yield* until(() => said.length > 0)
      assert.deepStrictEqual(said, ["restocked 2"])
    })
  })
})

describe("a directive of an extension", () => {
  it.effect("is handled with what its plugin brings and nothing of the platform", () => {
    const known: Array<ReadonlyArray<boolean>> = []
    const extension = Products.extension({
      incoming: {
        ProductBecameAvailable: ({ name }) =>
          handleDirective(
            Effect.fn(function*({ text }: Announce) {
              known.push([
                Option.isSome(yield* Effect.serviceOption(Scheduler)),
                Option.isSome(yield* Effect.serviceOption(QueryEngine))
              ])
              yield* (yield* Loudspeaker).say(text)
            }),
            Announce.make({ text: name })
          ),
        ProductPriceChanged: () => undefined
      }
    })
    return Effect.gen(function*() {
      const done = yield* Deferred.make<string>()
      const { run } = yield* Effect.provideService(
        startWith(yield* makeStores, Catalog, orderingOf(extension)),
        Loudspeaker,
        { say: (text) => Effect.asVoid(Deferred.succeed(done, text)) }
      )
      yield* run(add("kettle"))
      assert.strictEqual(yield* Deferred.await(done), "kettle")
      assert.deepStrictEqual(known, [[false, false]])
    })
  })
})

describe("directives on both sides", () => {
  it.effect("are fired once, and none by a rebuild, which publishes and sends nothing again either", () => {
    const [provider, consumer] = [heard(), heard()]
    return Effect.gen(function*() {
      const { run } = yield* start(yield* makeStores, announcing(provider.say), following(consumer.say))
      yield* run(Effect.forEach(["a", "b", "c"], (id) => add(id)))
      yield* run(settled)
      yield* run(rebuilt("Catalog.Products.v1.events.product"))
      yield* run(rebuilt("Ordering.Catalog.Products"))
      yield* run(settled)
      yield* until(() => provider.said.length + consumer.said.length >= 6)
      assert.deepStrictEqual([provider.said.toSorted(), consumer.said.toSorted()], [["a", "b", "c"], ["a", "b", "c"]])
      assert.strictEqual((yield* run(told(published))).length, 3)
      assert.strictEqual((yield* run(told("Ordering"))).length, 3)
      assert.deepStrictEqual(yield* outcomes, { "Catalog handled": 3, "Ordering handled": 3 })
    }).pipe(ownMetrics)
  })

  it.effect("aren't fired for what a person has done again", () => {
    const { said, say } = heard()
    let isFit = false
    return Effect.gen(function*() {
      const { run } = yield* start(yield* makeStores, announcing(say, () => isFit))
      yield* run(add("kettle"))
      yield* allAttempts
      isFit = true
      yield* run(replayAll)
      yield* run(add("pan"))
      yield* run(settled)
      assert.deepStrictEqual(yield* run(told(published)), [
        "ProductBecameAvailable kettle kettle",
        "ProductBecameAvailable pan pan"
      ])
      yield* until(() => said.length > 0)
      assert.deepStrictEqual(said, ["pan"])
      assert.deepStrictEqual(yield* outcomes, { "Catalog handled": 1, "Catalog skipped": 1 })
    }).pipe(ownMetrics)
  })

  it.effect("aren't fired for what happened before their extension point or extension was there", () => {
    const [provider, consumer] = [heard(), heard()]
    return Effect.gen(function*() {
      const stores = yield* makeStores
      const before = yield* start(stores, catalogOf())
      yield* before.run(add("history"))
      yield* before.stop
      yield* TestClock.adjust("1 hour")
      const { run } = yield* start(stores, announcing(provider.say))
      yield* run(add("kettle"))
      yield* run(settled)
      yield* TestClock.adjust("1 hour")
      const later = yield* start(stores, following(consumer.say))
      yield* later.run(settled)
      yield* TestClock.adjust("1 minute")
      yield* run(add("pan"))
      yield* TestClock.adjust("1 minute")
      yield* later.run(settled)
      yield* until(() => provider.said.length + consumer.said.length >= 3)
      assert.deepStrictEqual(provider.said, ["kettle", "pan"])
      assert.deepStrictEqual(consumer.said, ["pan"])
      assert.deepStrictEqual(yield* later.run(told("Ordering")), [
        "ProductOffered history history",
        "ProductOffered kettle kettle",
        "ProductOffered pan pan"
      ])
    })
  })

  it.effect("aren't fired for the past of a kind of event that is handled for the first time", () => {
    const { said, say } = heard()
    const outgoing = {
      PriceChanged: ({ price }: PriceChanged) => handleDirective(say, Announce.make({ text: `${price}` }))
    }
    return Effect.gen(function*() {
      const stores = yield* makeStores
      const before = yield* start(stores, announcing(say))
      yield* before.run(changePrice("kettle", 1))
      yield* before.run(add("kettle"))
      yield* before.run(settled)
      yield* until(() => said.length > 0)
      yield* before.stop
      yield* TestClock.adjust("1 hour")
      const more = Products.mapping({
        from: [ProductAdded, PriceChanged],
        outgoing: {
          ProductAdded: ({ name, productId }) => [
            publishEvent(ProductBecameAvailable.make({ productId, name, sizes: [] })),
            handleDirective(say, Announce.make({ text: name }))
          ],
          ...outgoing
        },
        incoming: restock
      })
      const { run } = yield* start(stores, catalogOf(more))
      yield* run(settled)
      yield* run(changePrice("kettle", 2))
      yield* TestClock.adjust("1 minute")
      yield* run(settled)
      yield* run(add("pan"))
      yield* TestClock.adjust("1 minute")
      yield* run(settled)
      yield* until(() => said.length > 2)
      assert.deepStrictEqual(said, ["kettle", "2", "pan"])
    })
  })

  it.effect("aren't fired for the past of what their plugin begins to follow, though it talked with the other one before", () => {
    const { said, say } = heard()
    const announce = (text: string) => handleDirective(say, Announce.make({ text }))
    const ShelfId = Id.make("shelf")
    class Shelved extends Event.make("Shelved", { shelfId: ShelfId }) {}
    class Shelve extends StateChangeSlice.make("Shelve", {
      command: { shelfId: ShelfId },
      consumes: [],
      produces: [Shelved],
      access: Access.anyone
    }) {}
    const shelve = (id: string) => Effect.flatMap(CommandBus, (bus) => bus.send(Shelve, { shelfId: ShelfId.make(id) }))
    const pricing = Products.mapping({
      from: [PriceChanged],
      outgoing: { PriceChanged: (event) => publishEvent(ProductPriceChanged.make(event)) },
      incoming: restock
    })
    const shelving = Products.mapping({
      name: "Shelves",
      from: [Shelved],
      outgoing: { Shelved: ({ shelfId }) => announce(`shelf ${shelfId}`) }
    })
    const catalog = (...extensionPoints: ReadonlyArray<typeof pricing | typeof shelving>) =>
      Plugin.make("Catalog", {
        version: "1.0.0",
        stateChangeSlices: [
          ...catalogSlices,
          Shelve.behavior({ initial: null, evolve: {}, decide: (command) => Effect.succeed([Shelved.make(command)]) })
        ],
        extensionPoints
      })
    const sending = Products.extension({
      name: "Sends",
      from: [OrderPlaced],
      outgoing: { OrderPlaced: ({ count }) => announce(`order ${count}`) }
    })
    const listening = Products.extension({
      name: "Listens",
      incoming: {
        ProductBecameAvailable: () => undefined,
        ProductPriceChanged: ({ price }) => announce(`price ${price}`)
      }
    })
    const past = Effect.gen(function*() {
      yield* shelve("old")
      yield* changePrice("kettle", 1)
    })
    const present = Effect.gen(function*() {
      yield* shelve("new")
      yield* changePrice("kettle", 2)
    })
    return Effect.gen(function*() {
      const stores = yield* makeStores
      const before = [yield* start(stores, catalog(pricing)), yield* start(stores, orderingOf(listening))] as const
      yield* TestClock.adjust("1 hour")
      yield* before[0].run(past)
      yield* before[1].run(placeOrder("kettle", 1))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(said.splice(0), ["price 1"])
      yield* Effect.forEach(before, ({ stop }) => stop)
      const after = [
        yield* start(stores, catalog(pricing, shelving)),
        yield* start(stores, orderingOf(listening, sending))
      ] as const
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(said, [])
      yield* after[0].run(present)
      yield* after[1].run(placeOrder("kettle", 2))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(said.toSorted(), ["order 2", "price 2", "shelf new"])
      yield* Effect.forEach(after, ({ stop }) => stop)
    })
  })

  it.effect("aren't fired for the past of an extension that only sent before it follows", () => {
    const { said, say } = heard()
    const restocking = Products.extension({
      name: "Sends",
      from: [OrderPlaced],
      outgoing: { OrderPlaced: (event) => publishCommand(Products.commands.Restock, event) }
    })
    const listening = Products.extension({
      name: "Listens",
      incoming: {
        ProductBecameAvailable: () => undefined,
        ProductPriceChanged: ({ price }) => handleDirective(say, Announce.make({ text: `price ${price}` }))
      }
    })
    return Effect.gen(function*() {
      const stores = yield* makeStores
      const catalog = yield* start(stores, Catalog)
      const before = yield* start(stores, orderingOf(restocking))
      yield* TestClock.adjust("1 hour")
      yield* catalog.run(changePrice("kettle", 1))
      yield* TestClock.adjust("1 hour")
      yield* before.stop
      yield* start(stores, orderingOf(restocking, listening))
      yield* TestClock.adjust("1 hour")
      yield* catalog.run(changePrice("kettle", 2))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(said, ["price 2"])
    })
  })

  it.effect("that fail are logged and counted, are not tried again, and hold up nothing", () => {
    const errors: Array<unknown> = []
    const logger = Logger.make(({ logLevel, message }) => {
      if (logLevel === "Error") errors.push(Array.isArray(message) ? message[0] : message)
    })
    return Effect.gen(function*() {
      const { run } = yield* start(yield* makeStores, announcing(() => Effect.fail("no voice")))
      yield* run(add("kettle"))
      yield* run(add("kettle", "again"))
      yield* allAttempts
      yield* run(settled)
      assert.strictEqual((yield* run(told(published))).length, 2)
      assert.deepStrictEqual(yield* outcomes, { "Catalog failed": 2 })
      const sentence = "directive Announce of 'Catalog.Products' failed in plugin " +
        "'Catalog'; it isn't tried again"
      assert.deepStrictEqual(errors, [sentence, sentence])
    }).pipe(Effect.provide(Logger.layer([logger])), ownMetrics)
  })

  it.effect("aren't fired by an attempt that is killed before its end is written, and once by the next one", () => {
    const { said, say } = heard()
    return Effect.gen(function*() {
      const stores = yield* makeStores
      const { of } = Context.get(stores, WorkStores)
      const reached = yield* Deferred.make<void>()
      const dying = Context.add(stores, WorkStores, {
        of: (plugin: string) =>
          Effect.map(of(plugin), (store) => ({
            ...store,
            finish: (queue: string, ...rest: any) =>
              queue.startsWith("Products.") && rest[1]._tag === "Done"
                ? Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
                : (store.finish as any)(queue, ...rest)
          }))
      })
      const killed = yield* start(dying, announcing(say))
      yield* killed.run(add("kettle"))
      yield* Deferred.await(reached)
      assert.deepStrictEqual(yield* killed.run(told(published)), ["ProductBecameAvailable kettle kettle"])
      yield* killed.stop
      assert.deepStrictEqual(said, [])
      const { run } = yield* start(stores, announcing(say))
      yield* allAttempts
      yield* run(settled)
      yield* until(() => said.length > 0)
      assert.deepStrictEqual(said, ["kettle"])
      assert.deepStrictEqual(yield* run(told(published)), ["ProductBecameAvailable kettle kettle"])
    })
  })

  it.effect("that never end hold up at most so much in memory: what asks for more waits, durably", () => {
    let begun = 0
    return Effect.gen(function*() {
      const { run } = yield* start(
        yield* makeStores,
        announcing(() => Effect.andThen(Effect.sync(() => begun++), Effect.never))
      )
      yield* run(Effect.forEach(Array.from({ length: 300 }, (_, index) => `p${index}`), (id) => add(id)))
      yield* until(() => begun >= 256)
      assert.strictEqual(begun, 256)
      yield* TestClock.adjust("61 seconds")
      yield* until(() => begun >= 300)
      assert.strictEqual(begun, 300)
      yield* TestClock.adjust("61 seconds")
      yield* run(settled)
      assert.deepStrictEqual(yield* outcomes, { "Catalog failed": 300 })
    }).pipe(Effect.provide(Logger.layer([])), ownMetrics)
  })
})
