import { assert, describe, it } from "@effect/vitest"
import * as Boundary from "@reventless/core/Boundary"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import { ViewStores } from "@reventless/core/ViewStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { event, newFile, start } from "./support.ts"

const openStore = Effect.flatMap(EventStores, (stores) => stores.of({ name: "Shop", plan: IndexPlan.open })).pipe(
  Effect.map(({ store }) => store)
)

const withFile = <A, E>(
  body: (filename: string) => Effect.Effect<A, E, EventStores | ViewStores | import("effect/Scope").Scope>
) =>
  Effect.flatMap(newFile, (filename) => Effect.provide(body(filename), SqlitePlatform.layer({ filename }))).pipe(
    Effect.scoped
  )

describe("several processes on one file", () => {
  it.live("a commit of another process reaches a subscription within 50 ms", () =>
    withFile((filename) =>
      Effect.gen(function*() {
        const store = yield* openStore
        // The other process's commit is made here by hand, so that its instant is known.
        yield* store.append([event("Added", ["cart:1"])])
        const other = new DatabaseSync(filename)
        const arrivals = yield* store.subscribe({ lane: Lane.unordered(["Added"]) }).pipe(
          Stream.mapEffect((batch) =>
            Effect.map(Clock.currentTimeMillis, (time) => [batch.events.length, time] as const)
          ),
          Stream.take(11),
          Stream.runCollect,
          Effect.forkChild({ startImmediately: true })
        )
        const commits: Array<number> = []
        for (let round = 0; round < 10; round++) {
          yield* Effect.sleep(37)
          commits.push(yield* Clock.currentTimeMillis)
          other.exec(
            "INSERT INTO events (plugin, type, tags, data, meta) SELECT plugin, type, tags, data, meta " +
              "FROM events WHERE position = 1"
          )
        }
        const [, ...seen] = yield* Fiber.join(arrivals)
        other.close()
        assert.deepStrictEqual(seen.map(([count]) => count), commits.map(() => 1))
        const delays = seen.map(([, time], index) => time - commits[index]!).toSorted((a, b) => a - b)
        // The slowest may have met a pause of the machine.
        assert.isBelow(delays.at(-2)!, 50)
      })
    ))

  it.live(
    "a process that starts later appends to the same log, and who waits here sees it",
    () =>
      withFile((filename) =>
        Effect.gen(function*() {
          const store = yield* openStore
          const boundary = Boundary.absent(Query.make({ types: ["Added"], tags: ["cart:1"] }))
          const seen = yield* store.subscribe({ lane: Lane.unordered(["Added"]) }).pipe(
            Stream.filter(({ events }) => events.length > 0),
            Stream.take(1),
            Stream.runCollect,
            Effect.forkChild({ startImmediately: true })
          )
          const child = yield* start(filename, "append")
          assert.strictEqual(yield* child.ended, 0)
          assert.lengthOf(yield* Fiber.join(seen), 1)
          const refused = yield* Effect.flip(store.append([event("Added", ["cart:1"])], { boundary }))
          assert.strictEqual(refused._tag, "AppendConflict")
        })
      ),
    20_000
  )

  it.live(
    "processes that decide on one boundary never both succeed",
    () =>
      withFile((filename) =>
        Effect.gen(function*() {
          const children = yield* Effect.forEach([1, 2, 3], () => start(filename, "count"), {
            concurrency: "unbounded"
          })
          for (const child of children) assert.strictEqual(yield* child.ended, 0)
          const events = yield* Stream.runCollect((yield* openStore).read(Query.all))
          assert.deepStrictEqual(events.map(({ data }) => data), Array.from({ length: 600 }, (_, index) => index))
        })
      ),
    60_000
  )

  it.live(
    "every append that was acknowledged before a SIGKILL is there, and each is whole",
    () =>
      withFile((filename) =>
        Effect.gen(function*() {
          const child = yield* start(filename, "hammer")
          while (child.lines().length < 500) yield* Effect.sleep(5)
          yield* child.kill
          yield* child.ended
          const acknowledged = child.lines().flatMap((line) => line.split(",").map(Number))
          const events = yield* Stream.runCollect((yield* openStore).read(Query.all))
          const stored = new Map(events.map((stored) => [stored.position, stored]))
          assert.deepStrictEqual(acknowledged.filter((position) => !stored.has(position)), [])
          assert.isTrue(events.every(({ type }, index) => type === (index % 2 === 0 ? "First" : "Second")))
          for (const [index, first] of events.entries()) {
            if (index % 2 === 0) assert.deepStrictEqual(events[index + 1]!.data, first.data)
          }
          // The file can be written on.
          yield* (yield* openStore).append([event("Added")])
        })
      ),
    30_000
  )

  it.live(
    "a view is taken over at once when its owner's process is dead, and not before",
    () =>
      withFile((filename) =>
        Effect.gen(function*() {
          const child = yield* start(filename, "own")
          yield* child.line
          const views = yield* (yield* ViewStores).of("Shop")
          const owner = yield* Effect.forkChild(views.own("carts"), { startImmediately: true })
          yield* Effect.sleep(4500)
          assert.isUndefined(owner.pollUnsafe())
          yield* child.kill
          yield* child.ended
          const killed = yield* Clock.currentTimeMillis
          yield* Fiber.join(owner)
          assert.isBelow((yield* Clock.currentTimeMillis) - killed, fs.existsSync("/proc/self/ns/pid") ? 1500 : 5000)
        })
      ),
    30_000
  )

  it.live(
    "a view is taken over within 5 s of the death of an owner whose process can't be seen",
    () =>
      withFile((filename) =>
        Effect.gen(function*() {
          const child = yield* start(filename, "own")
          yield* child.line
          const other = new DatabaseSync(filename)
          other.exec("UPDATE sessions SET home = 'another machine'")
          other.close()
          const views = yield* (yield* ViewStores).of("Shop")
          const owner = yield* Effect.forkChild(views.own("carts"), { startImmediately: true })
          yield* child.kill
          const killed = yield* Clock.currentTimeMillis
          yield* Fiber.join(owner)
          const waited = (yield* Clock.currentTimeMillis) - killed
          assert.isAbove(waited, 2000)
          assert.isBelow(waited, 5000)
        })
      ),
    30_000
  )

  it.live("a commit of another process's view completes who waits for a change", () =>
    withFile((filename) =>
      Effect.gen(function*() {
        const views = yield* (yield* ViewStores).of("Shop")
        yield* views.open("carts", "a")
        yield* Effect.timeoutOption(yield* views.changed, 60)
        const waiting = yield* Effect.forkChild(yield* views.changed, { startImmediately: true })
        const other = new DatabaseSync(filename)
        other.exec("UPDATE view_generations SET revision = revision + 1")
        other.close()
        yield* Effect.timeout(Fiber.join(waiting), 200)
      })
    ))
})
