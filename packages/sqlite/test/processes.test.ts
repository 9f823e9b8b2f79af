import { assert, describe, it } from "@effect/vitest"
import * as Boundary from "@reventless/core/Boundary"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import { ViewStores } from "@reventless/core/ViewStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { pass, stopTime, until } from "./handTime.ts"
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
        yield* stopTime
        const store = yield* openStore
        // The other process's commit is made here by hand, so that its instant is known.
        yield* store.append([event("Added", ["cart:1"])])
        const other = new DatabaseSync(filename)
        const arrivals: Array<number> = []
        yield* Effect.forkChild(
          Stream.runForEach(store.subscribe({ lane: Lane.unordered(["Added"]) }), ({ events }) =>
            Effect.sync(() => {
              arrivals.push(events.length)
            })),
          { startImmediately: true }
        )
        yield* until(() => arrivals.length === 1)
        for (let round = 1; round <= 10; round++) {
          yield* pass(7)
          other.exec(
            "INSERT INTO events (plugin, type, tags, data, meta) SELECT plugin, type, tags, data, meta " +
              "FROM events WHERE position = 1"
          )
          yield* pass(50)
          yield* until(() => arrivals.length === 1 + round)
        }
        other.close()
        assert.deepStrictEqual(arrivals, Array.from({ length: 11 }, () => 1))
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
      )
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
      )
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
      )
  )

  it.live(
    "a view is taken over at once when its owner's process is dead, and not before",
    () =>
      withFile((filename) =>
        Effect.gen(function*() {
          const child = yield* start(filename, "own")
          yield* child.line
          yield* stopTime
          const views = yield* (yield* ViewStores).of("Shop")
          const owner = yield* Effect.forkChild(views.own("carts"), { startImmediately: true })
          yield* pass(3000)
          assert.isUndefined(owner.pollUnsafe())
          yield* child.kill
          yield* child.ended
          // Where no process can be seen its beats are missed.
          yield* pass(fs.existsSync("/proc/self/ns/pid") ? 250 : 5000)
          yield* Fiber.join(owner)
        })
      )
  )

  it.live(
    "a view is taken over within 5 s of the death of an owner whose process can't be seen",
    () =>
      withFile((filename) =>
        Effect.gen(function*() {
          const child = yield* start(filename, "own")
          yield* child.line
          yield* stopTime
          const other = new DatabaseSync(filename)
          other.exec("UPDATE sessions SET home = 'another machine'")
          other.close()
          const views = yield* (yield* ViewStores).of("Shop")
          const owner = yield* Effect.forkChild(views.own("carts"), { startImmediately: true })
          yield* child.kill
          yield* child.ended
          yield* pass(2000)
          assert.isUndefined(owner.pollUnsafe())
          yield* pass(3000)
          yield* Fiber.join(owner)
        })
      )
  )

  it.live("a commit of another process's view completes who waits for a change", () =>
    withFile((filename) =>
      Effect.gen(function*() {
        yield* stopTime
        const views = yield* (yield* ViewStores).of("Shop")
        yield* views.open("carts", "a")
        // Its own changes are told.
        yield* Effect.forkChild(yield* views.changed, { startImmediately: true })
        yield* pass(50)
        const waiting = yield* Effect.forkChild(yield* views.changed, { startImmediately: true })
        yield* pass(1000)
        assert.isUndefined(waiting.pollUnsafe())
        const other = new DatabaseSync(filename)
        other.exec("UPDATE view_generations SET revision = revision + 1")
        other.close()
        yield* pass(50)
        yield* Fiber.join(waiting)
      })
    ))
})
