import { assert, describe, it } from "@effect/vitest"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as Access from "@reventless/core/Access"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import { EventStores } from "@reventless/core/EventStores"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import type * as IndexPlan from "@reventless/core/IndexPlan"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Query from "@reventless/core/Query"
import * as SnapshotStoreMemory from "@reventless/core/SnapshotStoreMemory"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { dynamoLayer, sharedRaw } from "./support.ts"

const GoodId = Id.make("good")
const good = GoodId.make("kettle")
const fields = { good: GoodId }

class Added extends Event.make("Added", fields) {}
class Removed extends Event.make("Removed", fields) {}
class Stored extends Event.make("Stored", fields) {}
const open = { access: Access.anyone, command: fields }

class Add extends StateChangeSlice.make("Add", { ...open, consumes: [Added], produces: [Added] }) {}
class Remove extends StateChangeSlice.make("Remove", { ...open, consumes: [Removed], produces: [Removed] }) {}
class Store extends StateChangeSlice.make("Store", { ...open, consumes: [Stored], produces: [Stored] }) {}
const AddLive = Add.behavior({
  initial: null,
  evolve: { Added: () => null },
  decide: (command) => Effect.succeed([Added.make(command)])
})
const RemoveLive = Remove.behavior({
  initial: null,
  evolve: { Removed: () => null },
  decide: (command) => Effect.succeed([Removed.make(command)])
})
const StoreLive = Store.behavior({
  initial: null,
  evolve: { Stored: () => null },
  decide: (command) => Effect.succeed([Stored.make(command)])
})

class GoodAdded extends Event.make("GoodAdded", fields) {}
class GoodRemoved extends Event.make("GoodRemoved", fields) {}
class First extends ExtensionPoint.make("Shop.Goods", { version: "1.0.0", events: [GoodAdded] }) {}
class Grown extends ExtensionPoint.make("Shop.Goods", { version: "1.1.0", events: [GoodAdded, GoodRemoved] }) {}

const outgoing = { Added: (event: Added) => publishEvent(GoodAdded.make(event)) }

const Shop = Plugin.make("Shop", {
  version: "1.0.0",
  stateChangeSlices: [AddLive],
  extensionPoints: [First.mapping({ from: [Added], outgoing })]
})

/** A slice more, and an event more in its contract. */
const GrownShop = Plugin.make("Shop", {
  version: "1.1.0",
  stateChangeSlices: [AddLive, RemoveLive],
  extensionPoints: [Grown.mapping({
    from: [Added, Removed],
    outgoing: { ...outgoing, Removed: (event) => publishEvent(GoodRemoved.make(event)) }
  })]
})

/** Made for the first version. */
const Depot = Plugin.make("Depot", {
  version: "1.0.0",
  stateChangeSlices: [StoreLive],
  extensions: [First.extension({ incoming: { GoodAdded: (event) => publishCommand(Store, event) } })]
})

const entity = { partitions: ["entity"], references: [], home: "entity", byType: false }
const publishedPlan: IndexPlan.IndexPlan = {
  _tag: "Planned",
  types: { GoodAdded: entity, GoodRemoved: entity },
  all: false
}

/** Waits until a log has so many events, and names their types. */
const typesOf = Effect.fnUntraced(function*(name: string, plan: IndexPlan.IndexPlan, count: number) {
  const { store } = yield* (yield* EventStores).of({ name, plan })
  const types = Object.keys((plan as { readonly types: object }).types)
  const read = Effect.map(
    Stream.runCollect(store.read(Query.make({ types, tags: [name.includes(".") ? "entity:kettle" : "good:kettle"] }))),
    (events) => events.map(({ type }) => type)
  )
  return yield* Effect.repeat(read, { schedule: Schedule.spaced(20), until: (found) => found.length >= count })
}, Effect.scoped)

const stores = Layer.unwrap(Effect.gen(function*() {
  const table = yield* DynamoEmulator.tableName
  yield* DynamoTable.create({ table })
  return EventStoreDynamo.layerStores(EventStoreDynamo.oneTable(table))
})).pipe(
  Layer.provide(dynamoLayer),
  Layer.provide(sharedRaw()),
  Layer.merge(Layer.mergeAll(ViewStoreMemory.layerStores, SnapshotStoreMemory.layerStores, WorkStoreMemory.layerStores))
)

type Stores = Layer.Success<typeof stores>

describe("a plugin with a slice more, whose contract has an event more", () => {
  it.live("goes on in the same logs beside the one before, and is followed by who was made for that", () =>
    Effect.gen(function*() {
      const on = yield* Effect.context<Stores>()
      const run = <A, E>(
        plugins: ReadonlyArray<Plugin.Plugin<string, never>>,
        effect: Effect.Effect<A, E, CommandBus | Stores>
      ) =>
        Effect.provide(
          effect,
          Layer.fresh(Platform.layer({ version: "1.0.0", plugins })).pipe(Layer.provideMerge(Layer.succeedContext(on)))
        )
      const bus = <A, E>(use: (bus: CommandBus["Service"]) => Effect.Effect<A, E>) => Effect.flatMap(CommandBus, use)
      const published = (count: number) => typesOf("Shop.Goods.v1.events", publishedPlan, count)

      yield* run(
        [Shop, Depot],
        bus(({ send }) => send(Add, { good })).pipe(
          Effect.andThen(typesOf("Depot", Depot.plan, 1))
        )
      )
      yield* run([GrownShop], bus(({ send }) => send(Remove, { good })).pipe(Effect.andThen(published(2))))
      // The version before is back, and the extension reads what it knows.
      yield* run(
        [Shop, Depot],
        bus(({ send }) => send(Add, { good })).pipe(
          Effect.andThen(typesOf("Depot", Depot.plan, 2))
        )
      )
      assert.deepStrictEqual(yield* published(3), ["GoodAdded", "GoodRemoved", "GoodAdded"])
      assert.deepStrictEqual(yield* typesOf("Shop", GrownShop.plan, 3), ["Added", "Removed", "Added"])
      assert.deepStrictEqual(yield* typesOf("Depot", Depot.plan, 2), ["Stored", "Stored"])
    }).pipe(Effect.scoped, Effect.provide(stores)))
})
