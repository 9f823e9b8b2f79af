import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { EventStores } from "@reventless/core/EventStores"
import * as Lane from "@reventless/core/Lane"
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as ObjectStoreFolder from "@reventless/core/ObjectStoreFolder"
import * as Platform from "@reventless/core/Platform"
import { WorkStores } from "@reventless/core/WorkStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { folder as newFolder, random } from "./support.ts"
import { make } from "./tasks-platform/importing.ts"

const Importing = make(() => Effect.void)
const hour = 3_600_000

/** A place for a database and for objects. */
const place = Effect.map(newFolder, (created) => ({
  filename: path.join(created, "store.db"),
  folder: path.join(created, "objects")
}))

type Place = Effect.Success<typeof place>

/** Runs the platform for as long as the effect does, as a process that begins and ends. */
const running = ({ filename, folder }: Place, plugin = Importing) =>
  Effect.provide(
    Platform.layer({ version: "1.0.0", plugins: [plugin] }).pipe(
      Layer.provideMerge(SqlitePlatform.layer({ filename })),
      Layer.provideMerge(ObjectStoreFolder.layer({ folder })),
      Layer.provide(NodeServices.layer)
    )
  )

/** What was counted, in the order of the log: the line and by which object or instant. */
const counted = Effect.scoped(Effect.gen(function*() {
  const { store } = yield* (yield* EventStores).of({ name: Importing.name, plan: Importing.plan })
  const all = Stream.takeUntil(store.subscribe({ lane: Lane.unordered(["Counted"]) }), ({ caughtUp }) => caughtUp)
  const batches = yield* Stream.runCollect(all)
  return batches.flatMap(({ events }) =>
    events.map(({ data }) => {
      const { by, line } = data as { readonly by: string; readonly line: string }
      return `${line} ${by}`
    })
  )
}))

/** Moves the clock by the real time that passes, until something is so. */
const until = <A, E, R>(what: Effect.Effect<A, E, R>, isSo: (value: A) => boolean) =>
  Effect.gen(function*() {
    for (let turn = 0; turn < 2000; turn++) {
      const value = yield* what
      if (isSo(value)) return value
      yield* TestClock.adjust("50 millis")
      yield* TestClock.withLive(Effect.sleep(5))
    }
    return assert.fail(`it is ${JSON.stringify(yield* what)}`)
  })

/** What was counted, once there is nothing to do any more that is due. */
const settled = (expected: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    yield* until(counted, (found) => found.length >= expected.length)
    const unfinished = Effect.scoped(Effect.gen(function*() {
      const store = yield* (yield* WorkStores).of(Importing.name)
      return yield* store.list("tasks.objects", { limit: Infinity })
    }))
    yield* until(unfinished, (items) => items.length === 0)
    assert.deepStrictEqual((yield* counted).toSorted(), expected.toSorted())
  })

/** Another process that runs the platform, with a clock that is ahead; it ends itself before so many commands, or never. */
const child = ({ filename, folder }: Place, ahead: number, sends: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const script = path.join(import.meta.dirname, "tasks-platform/child.ts")
      const started = spawn(process.execPath, [script, filename, folder, `${ahead}`, `${sends}`], {
        stdio: ["ignore", "inherit", "inherit"],
        env: {
          ...process.env,
          NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(path.dirname(folder), "cache")
        }
      })
      const ended = new Promise<NodeJS.Signals | null>((resolve) =>
        started.once("close", (_, signal) => resolve(signal))
      )
      return { started, ended: Effect.promise(() => ended) }
    }),
    ({ ended, started }) => Effect.andThen(Effect.sync(() => started.kill("SIGKILL")), ended)
  )

/** Looks again and again until something is so. */
const eventually = <A, E, R>(what: Effect.Effect<A, E, R>, isSo: (value: A) => boolean) =>
  Effect.gen(function*() {
    while (true) {
      const value = yield* what
      if (isSo(value)) return value
      yield* Effect.sleep(20)
    }
  })

const put = (key: string, text: string) => Effect.flatMap(ObjectStore, (objects) => objects.put(key, text))

describe("scheduled tasks on SQLite", () => {
  it.effect("survive a restart, and run once for all that fell due while no process ran", () =>
    Effect.gen(function*() {
      const onPlace = running(yield* place)
      yield* onPlace(Effect.gen(function*() {
        const store = Effect.scoped(Effect.flatMap(WorkStores, (stores) => stores.of(Importing.name)))
        const items = Effect.flatMap(store, (work) => work.list("tasks", { limit: 1 }))
        yield* until(items, (found) => found.length === 1)
      }))
      yield* TestClock.setTime(3.5 * hour)
      yield* onPlace(settled([`hourly ${hour}`]))
      yield* onPlace(settled([`hourly ${hour}`]))
      yield* TestClock.setTime(4 * hour)
      yield* onPlace(settled([`hourly ${hour}`, `hourly ${4 * hour}`]))
    }).pipe(Effect.scoped))
})

describe("tasks that objects trigger, on SQLite and a folder", () => {
  it.effect("run once for what appeared and what went while no process ran", () =>
    Effect.gen(function*() {
      const at = yield* place
      const onPlace = running(at)
      fs.mkdirSync(path.join(at.folder, "in"), { recursive: true })
      fs.writeFileSync(path.join(at.folder, "in/a.txt"), "1\n2")
      const first = ["1 in/a.txt", "2 in/a.txt"]
      yield* onPlace(settled(first))
      fs.rmSync(path.join(at.folder, "in/a.txt"))
      fs.writeFileSync(path.join(at.folder, "in/b.txt"), "3")
      fs.writeFileSync(path.join(at.folder, "in/c.csv"), "4")
      const second = [...first, "gone in/a.txt", "3 in/b.txt"]
      yield* onPlace(settled(second))
      yield* onPlace(Effect.andThen(put("in/d.txt", "5"), settled([...second, "5 in/d.txt"])))
    }).pipe(Effect.scoped))

  it.effect("run in the version of the plugin that has them, while one that hasn't shares the file", () =>
    Effect.gen(function*() {
      const at = yield* place
      const [, gone] = Importing.tasks
      const older = { ...Importing, tasks: [gone!] }
      yield* Effect.gen(function*() {
        // The older one looks first.
        yield* put("in/0.csv", "")
        const known = Effect.scoped(Effect.gen(function*() {
          const store = yield* (yield* WorkStores).of(Importing.name)
          return yield* store.list("tasks.known", { limit: 2 })
        }))
        yield* until(known, (items) => items.length === 1)
        yield* running(at)(Effect.andThen(put("in/a.txt", "1"), until(counted, (found) => found.length === 1)))
      }).pipe(running(at, older))
    }).pipe(Effect.scoped))

  it.effect(
    "send each command once, however often their process is killed",
    () =>
      Effect.gen(function*() {
        const at = yield* place
        const seed = Number(process.env["REVENTLESS_SEED"] ?? Date.now() % 1_000_000)
        const { below } = random(seed)
        fs.mkdirSync(path.join(at.folder, "in"), { recursive: true })
        const files = Array.from({ length: 6 }, (_, index) => `in/${index}.txt`)
        const lines = Array.from({ length: 8 }, (_, index) => `${index}`)
        for (const file of files) fs.writeFileSync(path.join(at.folder, file), lines.join("\n"))
        const kills = 4
        for (let index = 0; index < kills; index++) {
          const sends = 1 + below(files.length * lines.length / 2)
          const signal = yield* Effect.scoped(Effect.flatMap(child(at, index * 11_000, sends), ({ ended }) => ended))
          assert.strictEqual(signal, "SIGKILL", `seed ${seed}`)
        }
        const expected = files.flatMap((file) => lines.map((line) => `${line} ${file}`))
        // The leases of those who were killed have run out.
        yield* TestClock.setTime(Date.now() + kills * 11_000)
        yield* running(at)(Effect.gen(function*() {
          yield* settled(expected)
          const store = yield* (yield* WorkStores).of(Importing.name)
          const done = yield* store.list("tasks.objects", { state: "Done", limit: Infinity })
          assert.strictEqual(done.length, files.length)
          assert.isAbove(done.filter(({ attempts }) => attempts > 1).length, 0)
        }))
      }).pipe(Effect.scoped)
  )

  it.live(
    "run once for each object in two processes that share the file and the folder",
    () =>
      Effect.gen(function*() {
        const at = yield* place
        const lines = Array.from({ length: 8 }, (_, index) => `${index}`)
        const files = Array.from({ length: 6 }, (_, index) => `in/${index}.txt`)
        fs.mkdirSync(path.join(at.folder, "in"), { recursive: true })
        fs.writeFileSync(path.join(at.folder, "in/first.txt"), "first")
        yield* Effect.all([child(at, 0, 0), child(at, 0, 0)])
        yield* Effect.gen(function*() {
          // Both of them run by now, or will soon: what comes is noticed by one.
          yield* eventually(counted, (found) => found.length === 1)
          for (const file of files) fs.writeFileSync(path.join(at.folder, file), lines.join("\n"))
          const expected = ["first in/first.txt", ...files.flatMap((file) => lines.map((line) => `${line} ${file}`))]
          yield* eventually(counted, (found) => found.length >= expected.length)
          const store = yield* (yield* WorkStores).of(Importing.name)
          const done = store.list("tasks.objects", { state: "Done", limit: Infinity })
          const items = yield* eventually(done, (items) => items.length === files.length + 1)
          assert.isTrue(items.every(({ attempts }) => attempts === 1))
          assert.deepStrictEqual((yield* counted).toSorted(), expected.toSorted())
        }).pipe(Effect.provide(SqlitePlatform.layer({ filename: at.filename })))
      }).pipe(Effect.scoped)
  )
})
