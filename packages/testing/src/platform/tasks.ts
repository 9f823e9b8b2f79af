/** Tasks: each firing and each object is one run, and a run sends each of its commands once. */
import { ObjectStore, type ObjectStoreShape } from "@reventless/core/ObjectStore"
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import type * as Plugin from "@reventless/core/Plugin"
import { WorkStores } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { equal } from "../conformance/Check.ts"
import { type AnyCheck, chapter } from "./Check.ts"
import { log, open, pause, type Running, seeded, start } from "./Fixture.ts"
import * as Lists from "./Lists.ts"

const check = chapter("tasks")

/** Starts a platform that shares the objects with others of the check. */
const startLists = Effect.fnUntraced(function*(objects: ObjectStoreShape, options?: Lists.Options) {
  const on = Context.add(yield* open, ObjectStore, objects)
  return yield* start({
    on,
    plugins: [Lists.make(options) as Plugin.Plugin<"Lists", any> as Plugin.Plugin<"Lists", never>]
  })
})

/** What was counted of each list, in its order. */
const counted = Effect.fnUntraced(function*(running: Running) {
  const lists = new Map<string, Array<string>>()
  for (const { data } of yield* log(running)) {
    const { line, list } = data as { readonly list: string; readonly line: string }
    lists.set(list, [...lists.get(list) ?? [], line])
  }
  return Object.fromEntries([...lists].sort(([a], [b]) => a < b ? -1 : 1))
})

/** Waits until all objects are noticed, and no run of a task is left. */
const settled = (objects: ObjectStoreShape) =>
  Effect.gen(function*() {
    const work = yield* (yield* WorkStores).of("Lists")
    const there = Effect.map(
      Stream.runCollect(objects.list("lists/")),
      (found) => found.map(({ key, version }) => `${key} ${version}`).sort().join()
    )
    const known = (task: string) =>
      Effect.map(
        work.list("tasks.known", { lane: task, limit: 1000 }),
        (items) =>
          items.map(({ content }) => content as { readonly key: string; readonly version: string })
            .map(({ key, version }) => `${key} ${version}`).sort().join()
      )
    const isSettled = Effect.gen(function*() {
      yield* Effect.sleep(1)
      const expected = yield* there
      if ((yield* known("Import")) !== expected || (yield* known("Gone")) !== expected) return false
      if ((yield* work.get("tasks", "Once"))?.state !== "Done") return false
      return (yield* work.list("tasks.objects", { limit: 1 })).length === 0
    })
    yield* Effect.repeat(isSettled, { until: (done) => done })
  }).pipe((wait) => Effect.flatMap(open, (provider) => Effect.provideContext(wait, provider)), Effect.scoped)

const ten = Array.from({ length: 10 }, (_, index) => `${index}`)
const once = { once: ["once"] }

export const tasks: ReadonlyArray<AnyCheck> = [
  check(
    "each object that appears, changes or goes is one run, also while nothing runs",
    Effect.gen(function*() {
      const objects = yield* ObjectStoreMemory.make
      yield* objects.put("lists/a", "1\n2")
      const first = yield* startLists(objects)
      yield* objects.put("lists/b", "1")
      yield* settled(objects)
      yield* first.stop
      yield* objects.put("lists/a", "3")
      yield* objects.remove("lists/b")
      yield* objects.put("others/a", "4")
      const second = yield* startLists(objects)
      yield* settled(objects)
      yield* equal(
        yield* counted(second),
        { "lists/a": ["1", "2", "3"], "lists/b": ["1", "gone 2"], ...once },
        "what was counted"
      )
      yield* second.stop
      const third = yield* startLists(objects)
      yield* settled(objects)
      yield* equal((yield* log(third)).length, 6, "the events after another start")
    })
  ),
  check(
    "however often it is stopped midway, whoever goes on sends each command once",
    seeded(Effect.gen(function*() {
      const objects = yield* ObjectStoreMemory.make
      for (let round = 0; round < 6; round++) {
        yield* objects.put(`lists/${round}`, ten.join("\n"))
        let left = yield* Random.nextIntBetween(1, 9)
        const reached = yield* Deferred.make<void>()
        const stops = Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
        const running = yield* startLists(objects, { before: Effect.suspend(() => left-- > 0 ? Effect.void : stops) })
        yield* Deferred.await(reached)
        yield* running.stop
      }
      const last = yield* startLists(objects)
      yield* settled(objects)
      const expected = Object.fromEntries(Array.from({ length: 6 }, (_, round) => [`lists/${round}`, ten]))
      yield* equal(yield* counted(last), { ...expected, ...once }, "what was counted")
    }))
  ),
  check(
    "two platforms at the same time run each object's task once",
    seeded(Effect.gen(function*() {
      const objects = yield* ObjectStoreMemory.make
      const [first] = [yield* startLists(objects), yield* startLists(objects)]
      const names = Array.from({ length: 8 }, (_, index) => `lists/${index}`)
      for (const name of names) {
        yield* objects.put(name, ten.join("\n"))
        yield* pause(20)
      }
      yield* settled(objects)
      for (const name of names.slice(4)) {
        yield* objects.remove(name)
        yield* pause(20)
      }
      yield* settled(objects)
      const expected = names.map((name, index) => [name, index < 4 ? ten : [...ten, `gone ${index + 1}`]])
      yield* equal(yield* counted(first), { ...Object.fromEntries(expected), ...once }, "what was counted")
    }))
  )
]
