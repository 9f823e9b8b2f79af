/**
 * Claims about subscriptions, command ids and the registry, each tried on a store whose DynamoDB answers at once and whose
 * doorbells ring when the claim says so. A claim runs on the store as it is, and on stores that lack a rule.
 */
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import type * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as Checkpoint from "@reventless/core/Checkpoint"
import type { Batch, EventStoreError, EventStoreShape } from "@reventless/core/EventStore"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import { event, labels } from "@reventless/testing/conformance/Fixture"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as assert from "node:assert/strict"
import type * as PendingRings from "../../src/internal/pendingRings.ts"
import * as TableDouble from "../tableDouble.ts"

/** The modules of a store, changed or not. */
export interface Modules {
  readonly Doorbells: Pick<typeof Doorbells, "make">
  readonly EventStoreDynamo: Pick<typeof EventStoreDynamo, "make">
  readonly PendingRings: typeof PendingRings
}

/** A claim, and how it is tried. It dies where it doesn't hold. */
export interface Scenario {
  readonly claim: string
  readonly run: (modules: Modules) => Effect.Effect<void, unknown, Scope.Scope>
}

const table = "events"

/** Everything that needs no time happens. */
const flush = Effect.repeat(Effect.promise(() => new Promise((resolve) => setImmediate(resolve))), { times: 4 })

/** So much time passes, in steps of 100 ms. */
const pass = (millis: number) =>
  Effect.andThen(flush, Effect.repeat(Effect.andThen(TestClock.adjust(100), flush), { times: millis / 100 - 1 }))

/** What was waiting for something that is there by now goes on: nobody waits longer than a second for a look. */
const settle = pass(1000)

const types = ["Added", "Noted"]
const keyed = Lane.keyed(types, "order")
const unordered = Lane.unordered(types)

/** A table with doorbells that ring when told to. */
const make = (modules: Modules) => {
  const { EventStoreDynamo, PendingRings } = modules
  const double = TableDouble.make()
  const dynamo = Dynamo.fromRaw(double.send)
  const pending = PendingRings.make()
  let listens = false
  const doorbells = modules.Doorbells.make(() =>
    Effect.sync(() => {
      listens = true
      return pending.listener
    })
  )

  const open = (options: Partial<EventStoreDynamo.Options> = {}) =>
    EventStoreDynamo.make({ table, ...options }).pipe(
      Effect.provideService(Dynamo.Dynamo, dynamo),
      Effect.provideService(Doorbells.Doorbells, doorbells)
    )

  /** What a lane gives. */
  const follow = Effect.fnUntraced(function*(
    store: EventStoreShape,
    lane: Lane.Lane,
    checkpoint?: Checkpoint.Checkpoint
  ) {
    const batches: Array<Batch> = []
    const fiber = yield* Effect.forkScoped(
      Stream.runForEach(store.subscribe({ lane, checkpoint }), (batch) => Effect.sync(() => batches.push(batch)))
    )
    yield* settle
    const failed = () => fiber.pollUnsafe()
    return {
      batches,
      /** What has come so far; a subscription never ends. */
      seen: Effect.map(settle, () => {
        assert.equal(failed(), undefined)
        return labels(batches.flatMap(({ events }) => events))
      }),
      /** The same, at once. */
      now: () => labels(batches.flatMap(({ events }) => events)),
      end: Fiber.interrupt(fiber)
    }
  })

  type Place = readonly [partition: string, version: number]
  /** Rings for items, each with what it tells; nobody hears what rings before anybody listens. */
  const ring = (with_: "with items" | "without items", ...places: ReadonlyArray<Place>) => {
    if (!listens) return
    for (const [partition, version] of places) {
      pending.add(partition, version, with_ === "with items" ? double.item(partition, version) : undefined)
    }
    pending.ring()
  }

  return { ...double, pending, open, follow, ring, another: () => make(modules) }
}

type World = ReturnType<typeof make>

const scenario = (
  claim: string,
  run: (world: World) => Effect.Effect<void, unknown, Scope.Scope>
): Scenario => ({ claim, run: (modules) => Effect.suspend(() => run(make(modules))) })

/** The same for both kinds of lane. */
const both = (
  claim: string,
  run: (world: World, lane: Lane.Lane) => Effect.Effect<void, unknown, Scope.Scope>
): ReadonlyArray<Scenario> =>
  [keyed, unordered].map((lane) =>
    scenario(
      `${claim} (${lane._tag === "Keyed" ? "a lane by key" : "a lane without order"})`,
      (world) => run(world, lane)
    )
  )

const added = (label: string, ...orders: ReadonlyArray<number>) =>
  event(label, "Added", orders.map((order) => `order:${order}`))

const order = (number: number) => `t#order:${number}`

const permutations = <A>(elements: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  elements.length < 2
    ? [elements]
    : elements.flatMap((element, index) => permutations(elements.toSpliced(index, 1)).map((rest) => [element, ...rest]))

const subscriptions: ReadonlyArray<Scenario> = [
  ...both("an event that is added while the table is scanned comes", (world, lane) =>
    Effect.gen(function*() {
      const store = yield* world.open()
      yield* store.append([added("1", 1)])
      // It is added to the part of the table that is read first, and has been read by then.
      const add = Effect.andThen(
        Effect.orDie(store.append([added("2", 1234)])),
        Effect.sync(() => world.ring("with items", [order(1234), 1]))
      )
      world.meanwhile("Scan", add)
      const { seen } = yield* world.follow(store, lane)
      assert.deepEqual(yield* seen, ["1", "2"])
    })),

  ...both("a ring for an item that can't be seen yet is waited for", (world, lane) =>
    Effect.gen(function*() {
      const store = yield* world.open()
      yield* store.append([added("1", 1)])
      const { now, seen } = yield* world.follow(store, lane)
      yield* store.append([added("2", 1)])
      world.hide(order(1), 2)
      world.ring("without items", [order(1), 2])
      yield* pass(200)
      assert.deepEqual(now(), ["1"])
      world.show()
      assert.deepEqual(yield* seen, ["1", "2"])
    })),

  ...both(
    "it is waited for also when what precedes it rang, and can't be seen any more than it",
    (world, lane) =>
      Effect.gen(function*() {
        const [other, store] = [yield* world.open(), yield* world.open()]
        const { now, seen } = yield* world.follow(store, lane)
        yield* other.append([added("1", 1)])
        world.hide(order(1), 1)
        world.ring("with items", [order(1), 1])
        yield* pass(100)
        yield* other.append([added("2", 1), added("3", 1)])
        world.hide(order(1), 2)
        world.hide(order(1), 3)
        world.ring("without items", [order(1), 2], [order(1), 3])
        yield* pass(4000)
        assert.deepEqual(now(), ["1"])
        world.show()
        assert.deepEqual(yield* seen, ["1", "2", "3"])
      })
  ),

  ...both("an event whose predecessors nobody heard of comes after them", (world, lane) =>
    Effect.gen(function*() {
      const store = yield* world.open()
      const { seen } = yield* world.follow(store, lane)
      for (const label of ["1", "2", "3"]) yield* store.append([added(label, 1)])
      world.ring("with items", [order(1), 3])
      assert.deepEqual(yield* seen, ["1", "2", "3"])
    })),

  ...both("what rings again, late or out of order comes once", (world, lane) =>
    Effect.gen(function*() {
      const store = yield* world.open()
      const { seen } = yield* world.follow(store, lane)
      for (const label of ["1", "2", "3"]) yield* store.append([added(label, 1)])
      for (const version of [2, 3, 1, 3, 2]) {
        world.ring("with items", [order(1), version])
        yield* settle
        world.ring("without items", [order(1), version])
        yield* settle
      }
      // Whoever waits for something that never comes has given up by then.
      yield* pass(15_000)
      assert.deepEqual(yield* seen, ["1", "2", "3"])
    })),

  ...both("when rings were lost, the table is looked at", (world, lane) =>
    Effect.gen(function*() {
      const store = yield* world.open()
      const { seen } = yield* world.follow(store, lane)
      yield* store.append([added("1", 1)])
      assert.deepEqual(yield* seen, [])
      world.pending.rescan()
      assert.deepEqual(yield* seen, ["1"])
    })),

  ...both(
    "what rang beside lost rings isn't lost, though the look at the table doesn't see it yet",
    (world, lane) =>
      Effect.gen(function*() {
        const store = yield* world.open()
        const { now, seen } = yield* world.follow(store, lane)
        yield* store.append([added("1", 1), added("2", 2)])
        world.hide(order(1), 1)
        world.pending.add(order(1), 1, undefined)
        world.pending.rescan()
        yield* pass(200)
        assert.deepEqual(now(), ["2"])
        world.show()
        assert.deepEqual(yield* seen, ["2", "1"])
      })
  ),

  scenario(
    "an event of two entities comes once, and after what precedes it in either, whatever order the rings come in",
    (first) =>
      Effect.gen(function*() {
        const events = [added("a1", 1), added("b1", 2), added("ab", 1, 2), added("a2", 1), added("b2", 2)]
        const rings = [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3]].map(([entity, version]) =>
          [order(entity!), version!] as const
        )
        // Every eleventh of the 720 orders: each ring is the first one in some, and the last one in some.
        for (const [index, shuffled] of permutations(rings).entries()) {
          if (index % 11 !== 0) continue
          const world = first.another()
          const store = yield* world.open()
          const { end, seen } = yield* world.follow(store, keyed)
          for (const event of events) yield* store.append([event])
          for (const [partition, version] of shuffled) {
            world.ring(index % 2 === 0 ? "with items" : "without items", [partition, version])
            yield* flush
          }
          const found = yield* seen
          const context = `${shuffled.join("; ")}: ${found.join()}`
          assert.deepEqual(found.toSorted(), ["a1", "a2", "ab", "b1", "b2"], context)
          const precedes = (one: string, other: string) => found.indexOf(one) < found.indexOf(other)
          for (const [one, other] of [["a1", "ab"], ["b1", "ab"], ["ab", "a2"], ["ab", "b2"]]) {
            assert.ok(precedes(one!, other!), context)
          }
          yield* end
        }
      })
  ),

  scenario("homes with copies of others between them are followed without a read", (world) =>
    Effect.gen(function*() {
      const store = yield* world.open()
      yield* store.append([added("0", 2)])
      const { seen } = yield* world.follow(store, unordered)
      // In the partition of order 2, versions 2, 3 and 5 have their home elsewhere.
      yield* store.append([added("1", 1, 2), added("2", 3, 2), added("3", 2), added("4", 4, 2), added("5", 2)])
      const before = world.asked.length
      for (const place of [[order(1), 1], [order(2), 4], [order(3), 1], [order(2), 6], [order(4), 1]] as const) {
        world.ring("with items", place)
        yield* settle
      }
      assert.deepEqual(yield* seen, ["0", "1", "3", "2", "5", "4"])
      assert.deepEqual(world.asked.slice(before), [])
    })),

  scenario("a lane by key reads nothing when every item rings in order", (world) =>
    Effect.gen(function*() {
      const store = yield* world.open()
      const { seen } = yield* world.follow(store, keyed)
      const before = world.asked.length
      yield* store.append([added("1", 1), added("2", 1, 2), added("3", 2)])
      const written = world.asked.length
      for (const place of [[order(1), 1], [order(1), 2], [order(2), 1], [order(2), 2]] as const) {
        world.ring("with items", place)
        yield* settle
      }
      assert.deepEqual(yield* seen, ["1", "2", "3"])
      assert.ok(written > before)
      assert.deepEqual(world.asked.slice(written), [])
    })),

  scenario("several items of one partition that rang together cost one read", (world) =>
    Effect.gen(function*() {
      const store = yield* world.open()
      const { seen } = yield* world.follow(store, keyed)
      yield* store.append([added("1", 1), added("2", 1), added("3", 1)])
      const before = world.asked.length
      world.ring("with items", [order(1), 1], [order(1), 3], [order(1), 2])
      assert.deepEqual(yield* seen, ["1", "2", "3"])
      assert.deepEqual(world.asked.slice(before), ["Query"])
    })),

  ...both(
    "from the text of any batch's checkpoint exactly what came after it comes",
    (world, lane) =>
      Effect.gen(function*() {
        const store = yield* world.open()
        const first = yield* world.follow(store, lane)
        let count = 0
        for (const event of [added("1", 1), added("2", 1, 2), added("3", 2), added("4", 1), added("5", 2)]) {
          const { token } = yield* store.append([event])
          const places = Object.entries(token.extent._tag === "Versions" ? token.extent.versions : {})
            .filter(([partition]) => partition.startsWith("t#"))
          world.ring(count++ % 2 === 0 ? "with items" : "without items", ...places)
          yield* settle
        }
        const all = yield* first.seen
        assert.deepEqual(all, ["1", "2", "3", "4", "5"])
        yield* first.end
        let seen = 0
        for (const { checkpoint, events } of first.batches) {
          seen += events.length
          const text = yield* Schema.encodeEffect(Checkpoint.Checkpoint)(checkpoint)
          const resumed = yield* world.follow(store, lane, yield* Schema.decodeEffect(Checkpoint.Checkpoint)(text))
          assert.deepEqual((yield* resumed.seen).toSorted(), all.slice(seen))
          yield* resumed.end
        }
      })
  ),

  ...both(
    "events of another plugin in the same table aren't delivered, whether they ring or are found",
    (world, lane) =>
      Effect.gen(function*() {
        const shop = yield* world.open({ keyPrefix: "shop" })
        // A prefix of the same length, and none at all.
        const sale = yield* world.open({ keyPrefix: "sale" })
        const bare = yield* world.open()
        for (const store of [shop, sale, bare]) yield* store.append([added("before", 1)])
        const { seen } = yield* world.follow(shop, lane)
        assert.deepEqual(yield* seen, ["before"])
        for (const store of [sale, bare]) yield* store.append([added("other", 1), added("other 2", 2)])
        world.ring("with items", [`sale/${order(1)}`, 2], [order(1), 2])
        yield* settle
        world.ring("without items", [`sale/${order(2)}`, 1], [order(2), 1])
        world.pending.rescan()
        assert.deepEqual(yield* seen, ["before"])
        yield* shop.append([added("after", 1)])
        world.ring("with items", [`shop/${order(1)}`, 2])
        assert.deepEqual(yield* seen, ["before", "after"])
      })
  )
]

const failure = (effect: Effect.Effect<unknown, EventStoreError>) =>
  Effect.map(Effect.flip(effect), ({ message, reason }) => ({ reason, message }))

/** Events are found by their order alone, so those of different orders have nothing in common. */
const plan = {
  _tag: "Planned",
  all: false,
  types: { Added: { partitions: ["order"], references: [], home: "order", byType: false } }
} as const

const registry: ReadonlyArray<Scenario> = [
  scenario(
    "processes that open the same table at the same time give no position twice",
    (world) =>
      Effect.gen(function*() {
        const stores = [yield* world.open({ plan }), yield* world.open({ plan }), yield* world.open({ plan })]
        const appended = yield* Effect.forEach(stores, (store, index) => store.append([added(`${index}`, index)]))
        const positions = appended.flatMap(({ events }) => events.map(({ position }) => position))
        assert.equal(new Set(positions).size, stores.length)
      })
  ),

  scenario(
    "a store for more types of events opens, and no store then finds them otherwise",
    (world) =>
      Effect.gen(function*() {
        const type = (partition: string) =>
          ({ partitions: [partition], references: [], home: partition, byType: false }) as const
        const noted = (partition: string) => ({ ...plan, types: { ...plan.types, Noted: type(partition) } })
        yield* world.open({ plan })
        yield* world.open({ plan: noted("order") })
        yield* world.open({ plan })
        const { reason } = yield* failure(world.open({ plan: noted("note") }))
        assert.equal(reason._tag, "PlanChanged")
      })
  ),

  scenario(
    "a store for another plan is refused, and the one that was there goes on",
    (world) =>
      Effect.gen(function*() {
        const store = yield* world.open()
        const { reason } = yield* failure(world.open({ plan }))
        assert.equal(reason._tag, "PlanChanged")
        // It says nothing of other plugins in the table.
        yield* world.open({ plan, keyPrefix: "other" })
        yield* store.append([added("1", 1)])
      })
  ),

  scenario("the shape of an event that is stored may only change with its version", (world) =>
    Effect.gen(function*() {
      const shape = (type: string) => JSON.stringify({ fields: { id: { optional: false, shape: type } } })
      const shapes = (type: string, version = 1) => [{ type: "Added", version, shape: shape(type) }]
      yield* world.open({ shapes: shapes("string") })
      yield* world.open({ shapes: shapes("string") })
      const { message, reason } = yield* failure(world.open({ shapes: shapes("number") }))
      assert.equal(reason._tag, "EventChanged")
      assert.match(message, /'Added' changed under its version 1: 'id' has another type/)
      yield* world.open({ shapes: shapes("number", 2) })
      yield* world.open({ shapes: shapes("number"), keyPrefix: "other" })
    })),

  scenario("the shapes of two that start at the same time are both remembered", (world) =>
    Effect.gen(function*() {
      const shapes = (type: string, shape: string) => [{ type, version: 1, shape: JSON.stringify(shape) }]
      world.meanwhile("GetItem", Effect.orDie(world.open({ shapes: shapes("Noted", "string") })))
      const fiber = yield* Effect.forkScoped(world.open({ shapes: shapes("Added", "string") }))
      yield* settle
      yield* Fiber.join(fiber)
      for (const type of ["Added", "Noted"]) {
        const { reason } = yield* failure(world.open({ shapes: shapes(type, "number") }))
        assert.equal(reason._tag, "EventChanged", type)
      }
    }))
]

const commands: ReadonlyArray<Scenario> = [
  scenario(
    "a command id that comes again answers what the first answered, whatever is to be appended now",
    (world) =>
      Effect.gen(function*() {
        const store = yield* world.open()
        const options = { commandId: "command" }
        const events = [added("1", 1), added("2", 2), added("3", 1, 3)]
        const first = yield* store.append(events, options)
        yield* store.append([added("later", 1)])
        const again = yield* store.append(events, options)
        assert.deepEqual(again, { ...first, replayed: true })
        const elsewhere = yield* world.open()
        assert.deepEqual(yield* elsewhere.append([added("other", 9)], options), { ...first, replayed: true })
        assert.deepEqual(yield* elsewhere.append([], options), { ...first, replayed: true })
        const tooLong = added("x".repeat(10), 1)
        const refused = { ...tooLong, tags: ["order:".padEnd(400, "1")] }
        assert.deepEqual(yield* elsewhere.append([refused], options), { ...first, replayed: true })
        assert.equal((yield* Stream.runCollect(store.read(Query.all))).length, 4)
        assert.equal((yield* store.append(events, { commandId: "another" })).replayed, false)
      })
  ),

  scenario("a command id of one plugin is unknown to another in the same table", (world) =>
    Effect.gen(function*() {
      const options = { commandId: "command" }
      for (const keyPrefix of [undefined, "shop", "sale"]) {
        const store = yield* world.open({ keyPrefix })
        assert.equal((yield* store.append([added("1", 1)], options)).replayed, false)
        assert.equal((yield* store.append([added("1", 1)], options)).replayed, true)
      }
    })),

  scenario(
    "a command is answered when its events can't be seen yet: they are waited for",
    (world) =>
      Effect.gen(function*() {
        const store = yield* world.open()
        const options = { commandId: "command" }
        const first = yield* store.append([added("1", 1), added("2", 2)], options)
        world.hide(order(2), 1)
        const again = yield* Effect.forkScoped(store.append([added("1", 1)], options))
        yield* pass(200)
        assert.equal(again.pollUnsafe(), undefined)
        world.show()
        yield* settle
        assert.deepEqual(yield* Fiber.join(again), { ...first, replayed: true })
      })
  )
]

export const scenarios: ReadonlyArray<Scenario> = [...subscriptions, ...registry, ...commands]
