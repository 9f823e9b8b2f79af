/** Plugins that talk: each message arrives once and in the order of its entity, whatever is stopped, repeated or away. */
import { EventStores } from "@reventless/core/EventStores"
import * as Lane from "@reventless/core/Lane"
import { WorkStores, type WorkStoreShape } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { equal, Patience } from "../conformance/Check.ts"
import { range } from "../conformance/Fixture.ts"
import { type AnyCheck, chapter, type Stores } from "./Check.ts"
import { open, pause, type Running, seeded, start } from "./Fixture.ts"
import * as Traders from "./Traders.ts"

const check = chapter("plugins that talk")

type Provider = Context.Context<Stores>

const startBoth = (on: Provider, options: Traders.Options = {}) =>
  start({ on, plugins: [Traders.shop(options), Traders.depot(options)] })

const add = ({ bus }: Running, good: string, number: number) =>
  bus.send(Traders.Add, { good: Traders.GoodId.make(good), number })

const addAny = Effect.fnUntraced(function*(running: Running, number: number) {
  yield* add(running, `good ${yield* Random.nextIntBetween(0, 5)}`, number)
})

/** The events of a type that stand in a log, found as its platform finds them: those of each good in their order. */
const eventsOf = Effect.fnUntraced(function*(on: Provider, log: string, type: string) {
  const key = log.includes(".") ? "entity" : "good"
  const { store } = yield* Context.get(on, EventStores).of({
    name: log,
    plan: {
      _tag: "Planned",
      types: { [type]: { partitions: [key], references: [], home: key, byType: false } },
      all: false
    }
  })
  const batches = store.subscribe({ lane: Lane.keyed([type], key) })
  return (yield* Stream.runCollect(Stream.takeUntil(batches, ({ caughtUp }) => caughtUp))).flatMap(({ events }) =>
    events
  )
}, Effect.scoped)

/** The numbers of the events of a type, by good. */
const numbersOf = Effect.fnUntraced(function*(on: Provider, log: string, type: string) {
  const goods = new Map<string, Array<number>>()
  for (const { data } of yield* eventsOf(on, log, type)) {
    const { good, number } = data as { readonly good: string; readonly number: number }
    goods.set(good, [...goods.get(good) ?? [], number])
  }
  return Object.fromEntries([...goods].sort(([a], [b]) => a < b ? -1 : 1))
})

const published = "Shop.Goods.v1.events"

/** The lists and queues between the plugins. */
const isTalk = (name: string) => name.includes("Goods")

/** Waits until nothing is on its way: twice in turn, as what was done may be followed by more. */
const settled = ({ operations }: Running) => {
  const isQuiet = Effect.gen(function*() {
    yield* Effect.sleep(1)
    const views = yield* operations.views
    if (views.some(({ lagMillis, view }) => isTalk(view) && lagMillis > 0)) return false
    return (yield* operations.work({ limit: 1000 })).work.every(({ queue }) => !isTalk(queue))
  })
  return Effect.repeat(Effect.all([isQuiet, isQuiet, isQuiet, isQuiet]), {
    until: (quiet) => quiet.every((one) => one)
  })
}

const countOf = (on: Provider, log: string, type: string) =>
  Effect.map(numbersOf(on, log, type), (found) => Object.values(found).flat().length)

/** Everything that was added was published, stored and taken back once, that of each good in its order. */
const allReturned = Effect.fnUntraced(function*(on: Provider, running: Running) {
  // What is on its way between two plugins may be seen by no look: as much as was added is waited for, and then what is too much.
  const isBack = Effect.zipWith(countOf(on, "Shop", "TakenBack"), countOf(on, "Shop", "Added"), (a, b) => a >= b)
  yield* Effect.timeoutOption(until(isBack), yield* Patience)
  yield* settled(running)
  const added = yield* numbersOf(on, "Shop", "Added")
  yield* equal(yield* numbersOf(on, published, "GoodAdded"), added, "what was published of what was added")
  yield* equal(yield* numbersOf(on, "Depot", "Stored"), added, "what was stored of what was added")
  yield* equal(yield* numbersOf(on, "Shop", "TakenBack"), added, "what was taken back of what was added")
})

const withWorkStores =
  (change: (store: WorkStoreShape) => Partial<WorkStoreShape>) => (provider: Provider): Provider => {
    const { of } = Context.get(provider, WorkStores)
    return Context.add(provider, WorkStores, {
      of: (plugin) => Effect.map(of(plugin), (store) => ({ ...store, ...change(store) }))
    })
  }

/** Waits until it is so. */
const until = <E, R>(isSo: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(Effect.andThen(Effect.sleep(1), isSo), { until: (found) => found })

export const talking: ReadonlyArray<AnyCheck> = [
  check(
    "an event of one plugin becomes a command of another, and one back, each once and in the order of its entity",
    seeded(Effect.gen(function*() {
      const on = yield* open
      const running = yield* startBoth(on)
      for (const number of range(30)) yield* addAny(running, number)
      yield* allReturned(on, running)
    }))
  ),
  check(
    "however often both are stopped midway, whoever goes on publishes, delivers and sends everything once",
    seeded(Effect.gen(function*() {
      for (const round of range(5)) {
        const running = yield* startBoth(yield* open, { before: Effect.yieldNow })
        for (const number of range(6)) yield* addAny(running, round * 100 + number)
        yield* pause(400)
        yield* running.stop
      }
      const on = yield* open
      yield* allReturned(on, yield* startBoth(on))
    }))
  ),
  check(
    "two platforms of both plugins at the same time do everything once",
    seeded(Effect.gen(function*() {
      const on = yield* open
      const [first, second] = [yield* startBoth(on), yield* startBoth(yield* open)]
      for (const number of range(30)) yield* addAny(number % 2 === 0 ? first : second, number)
      yield* settled(second)
      yield* allReturned(on, first)
    }))
  ),
  check(
    "each plugin on a platform of its own: one that is away finds what was for it when it is back",
    seeded(Effect.gen(function*() {
      const on = yield* open
      const shop = yield* start({ on, plugins: [Traders.shop()] })
      for (const number of range(10)) yield* addAny(shop, number)
      yield* until(
        Effect.map(countOf(on, published, "GoodAdded"), (count) => count === 10)
      )
      yield* shop.stop
      const depot = yield* start({ on: yield* open, plugins: [Traders.depot()] })
      const back = yield* start({ on: yield* open, plugins: [Traders.shop()] })
      yield* until(Effect.map(countOf(on, "Shop", "TakenBack"), (count) => count === 10))
      yield* settled(depot)
      yield* allReturned(on, back)
    }))
  ),
  check(
    "a plugin that moves to another major version, and back, and is stopped midway each time, does everything once",
    seeded(Effect.gen(function*() {
      const on = yield* open
      const shop = yield* start({ on, plugins: [Traders.shop({ follows: 2 })] })
      for (const round of range(6)) {
        const follows = round % 2 === 0 ? 1 : 2
        const depot = yield* start({ on: yield* open, plugins: [Traders.depot({ follows, before: Effect.yieldNow })] })
        for (const number of range(6)) yield* addAny(shop, round * 100 + number)
        yield* pause(400)
        yield* depot.stop
      }
      // It stops with something begun that it can't do, and something behind it.
      const last = yield* start({ on: yield* open, plugins: [Traders.depot({ before: Effect.fail("away") })] })
      yield* add(shop, "good 0", 900)
      yield* add(shop, "good 0", 901)
      yield* until(
        Effect.map(
          last.operations.work({ plugin: "Depot" }),
          ({ work }) => work.some(({ attempts, queue }) => queue === "Shop.Goods" && attempts > 0)
        )
      )
      yield* last.stop
      const depot = yield* start({ on: yield* open, plugins: [Traders.depot({ follows: 2 })] })
      yield* settled(depot)
      yield* settled(shop)
      yield* settled(depot)
      yield* allReturned(on, shop)
    }))
  ),
  check(
    "what is begun again although it was done publishes and sends nothing twice",
    seeded(Effect.gen(function*() {
      const on = withWorkStores((store) => ({
        finish: (queue, item, result, now) =>
          store.finish(
            queue,
            item,
            isTalk(queue) && item.attempts === 1 && result._tag === "Done"
              ? { _tag: "Retry", due: now, reason: "its end got lost" }
              : result,
            now
          )
      }))(yield* open)
      const running = yield* startBoth(on)
      for (const number of range(20)) yield* addAny(running, number)
      yield* allReturned(on, running)
    }))
  ),
  check(
    "an event that can't be handled holds up its entity alone, and the later ones keep their order",
    Effect.gen(function*() {
      const on = yield* open
      let isBroken = true
      const running = yield* start({
        on,
        plugins: [
          Traders.shop(),
          Traders.depot({ before: Effect.suspend(() => isBroken ? Effect.fail("away") : Effect.void) })
        ]
      })
      yield* add(running, "a", 1)
      const failed = Effect.map(
        running.operations.work({ plugin: "Depot" }),
        ({ work }) => work.some(({ lane, reason }) => lane === "a" && reason?.includes("'a': away") === true)
      )
      yield* until(failed)
      yield* add(running, "a", 2)
      isBroken = false
      yield* add(running, "b", 3)
      yield* allReturned(on, running)
      yield* equal(yield* numbersOf(on, "Depot", "Stored"), { a: [1, 2], b: [3] }, "what was stored")
    })
  ),
  check(
    "directives are fired once, and none when everything is collected once more",
    Effect.gen(function*() {
      const on = yield* open
      const told: Array<string> = []
      const running = yield* startBoth(on, { told: (text) => told.push(text) })
      for (const number of range(5)) yield* add(running, "a", number)
      yield* allReturned(on, running)
      for (const { view } of yield* running.operations.views) {
        if (isTalk(view)) yield* Stream.runDrain(running.operations.rebuild(view))
      }
      yield* add(running, "b", 9)
      yield* allReturned(on, running)
      yield* until(Effect.sync(() => told.length >= 12))
      const expected = ["depot", "shop"].flatMap((
        side
      ) => [...range(5).map((number) => `${side} a ${number}`), `${side} b 9`])
      yield* equal(told.toSorted(), expected.toSorted(), "the directives")
    })
  ),
  check(
    "what isn't declared in the contract doesn't leave",
    Effect.gen(function*() {
      const on = yield* open
      const running = yield* startBoth(on)
      yield* add(running, "a", 1)
      yield* allReturned(on, running)
      const [event] = yield* eventsOf(on, published, "GoodAdded")
      yield* equal(event?.data, { good: "a", number: 1 }, "the published event")
      yield* equal(event?.tags, ["entity:a"], "its tags")
    }).pipe(Effect.scoped)
  )
]
