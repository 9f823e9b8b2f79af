import { assert, describe, it } from "@effect/vitest"
import { EventStores } from "@reventless/core/EventStores"
import * as Lane from "@reventless/core/Lane"
import { ObjectStore, ObjectStoreError } from "@reventless/core/ObjectStore"
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import type * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { Scheduler } from "@reventless/core/Scheduler"
import * as Task from "@reventless/core/Task"
import { WorkStoreError, WorkStores, type WorkStoreShape } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { count, countLines, warehouse } from "./fixtures/warehouse.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** What outlives a process: the stores, and the objects. */
const provided = Layer.merge(Platform.layerMemory, ObjectStoreMemory.layer)

/** Runs the platform for as long as the effect does, as a process that begins and ends. */
const running = <R>(plugin: Plugin.Plugin<string, R>) =>
  Effect.provide(Platform.layer({ version: "1.0.0", plugins: [plugin] }))

const Stores = Layer.fresh(provided)

/** The notes of the commands that were decided, in the order of the log. */
const notes = Effect.scoped(Effect.gen(function*() {
  const { name, plan } = warehouse()
  const { store } = yield* (yield* EventStores).of({ name, plan })
  const all = Stream.takeUntil(store.subscribe({ lane: Lane.unordered(["Counted"]) }), ({ caughtUp }) => caughtUp)
  const batches = yield* Stream.runCollect(all)
  return batches.flatMap(({ events }) => events.map(({ data }) => (data as { readonly note: string }).note))
}))

const items = (queue: string) =>
  Effect.scoped(Effect.gen(function*() {
    const store = yield* (yield* WorkStores).of("Warehouse")
    return yield* store.list(queue, { limit: Infinity })
  }))

const work = Effect.flatMap(Operations, (operations) => operations.work({ plugin: "Warehouse" }))

/** A task that notes the instants it ran for. */
const noting = (trigger: Task.Schedule) => {
  const tick = class Tick extends Task.make("Tick", { trigger }) {}
  return warehouse(tick.run(({ due }, { commandId }) => count("tick", `${due / minute}`, commandId("note"))))
}

describe("a scheduled task", () => {
  it.effect("runs at its interval, first after one, and shows when it runs next", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(yield* notes, [])
      yield* TestClock.adjust("61 seconds")
      assert.deepStrictEqual(yield* notes, ["1", "2"])
      const shown = (yield* work).work.map(({ due, id, queue, reason, state, target }) => ({
        due,
        id,
        queue,
        reason,
        state,
        target
      }))
      assert.deepStrictEqual(shown, [{
        due: 3 * minute,
        id: "Tick",
        queue: "tasks",
        reason: undefined,
        state: "Pending",
        target: "Warehouse.Tick"
      }])
    }).pipe(running(noting(Task.every("1 minute"))), Effect.provide(Stores)))

  it.effect("runs by a calendar in its time zone", () =>
    TestClock.adjust("1 minute").pipe(
      // Nine o'clock in Berlin is eight o'clock UTC on the first of January 1970.
      Effect.andThen(Effect.map(notes, (found) => assert.deepStrictEqual(found, ["480"]))),
      running(noting(Task.cron("0 9 * * *", "Europe/Berlin"))),
      (test) => Effect.andThen(TestClock.setTime(8 * hour - minute), test),
      Effect.provide(Stores)
    ))

  it.effect("goes on by its time when the process is started again, and runs once for what it missed", () =>
    Effect.gen(function*() {
      const process = running(noting(Task.every("1 minute")))
      yield* process(TestClock.adjust("30 seconds"))
      yield* process(TestClock.adjust("30 seconds"))
      assert.deepStrictEqual(yield* notes, ["1"])
      yield* TestClock.adjust("210 seconds")
      yield* process(TestClock.adjust(0))
      assert.deepStrictEqual(yield* notes, ["1", "2"])
      yield* process(TestClock.adjust("30 seconds"))
      assert.deepStrictEqual(yield* notes, ["1", "2", "5"])
    }).pipe(Effect.provide(Stores)))

  it.effect("doesn't run twice for an instant when the clock is set back", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 minute")
      yield* TestClock.setTime(0.5 * minute)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* notes, ["1"])
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* notes, ["1", "2"])
    }).pipe(running(noting(Task.every("1 minute"))), Effect.provide(Stores)))

  it.effect("at an instant runs once, also when the process is started again", () =>
    Effect.gen(function*() {
      const process = running(noting(Task.at("1970-01-01T00:01:00Z")))
      yield* process(TestClock.adjust("2 minutes"))
      yield* process(TestClock.adjust("2 minutes"))
      assert.deepStrictEqual(yield* notes, ["1"])
    }).pipe(Effect.provide(Stores)))

  it.effect("with another schedule in the code is put anew, and what was due by the old one doesn't run", () =>
    Effect.gen(function*() {
      yield* running(noting(Task.every("1 minute")))(TestClock.adjust("30 seconds"))
      yield* TestClock.adjust("31 seconds")
      yield* Effect.gen(function*() {
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(yield* notes, [])
        assert.deepStrictEqual((yield* items("tasks")).map(({ due }) => due), [61 * second + 2 * minute])
        yield* TestClock.adjust("2 minutes")
        assert.lengthOf(yield* notes, 1)
      }).pipe(running(noting(Task.every("2 minutes"))))
    }).pipe(Effect.provide(Stores)))

  it.effect("that is taken out of the code doesn't run, is shown with the reason, and goes on when it is back", () =>
    Effect.gen(function*() {
      class Other extends Task.make("Other", { trigger: Task.every("1 day") }) {}
      yield* running(noting(Task.every("1 minute")))(TestClock.adjust(0))
      yield* Effect.gen(function*() {
        yield* TestClock.adjust("90 seconds")
        assert.deepStrictEqual(yield* notes, [])
        const tick = (yield* work).work.find(({ id }) => id === "Tick")!
        assert.strictEqual(tick.state, "Pending")
        assert.include(tick.reason, "no task 'Warehouse.Tick'")
      }).pipe(running(warehouse(Other.run(() => Effect.void))))
      yield* running(noting(Task.every("1 minute")))(TestClock.adjust("1 minute"))
      assert.deepStrictEqual(yield* notes, ["1"])
    }).pipe(Effect.provide(Stores)))

  it.effect("that fails is tried again, and sends each command once", () =>
    Effect.gen(function*() {
      const attempts: Array<number> = []
      class Tick extends Task.make("Tick", { trigger: Task.every("1 minute"), attempts: 3 }) {}
      const TickLive = Tick.run(({ due }, { attempt, commandId }) =>
        Effect.gen(function*() {
          attempts.push(attempt)
          yield* count("a", `a${due / minute}`, commandId("a"))
          if (attempt < 3) return yield* Effect.fail({ _tag: "Away", message: "the other side is away" })
          yield* count("b", `b${due / minute}`, commandId("b"))
        })
      )
      yield* TestClock.adjust("90 seconds").pipe(running(warehouse(TickLive)))
      assert.deepStrictEqual(attempts, [1, 2, 3])
      assert.deepStrictEqual(yield* notes, ["a1", "b1"])
    }).pipe(Effect.provide(Stores)))

  it.effect("that fails for good says why, and its next run goes on", () =>
    Effect.gen(function*() {
      class Tick extends Task.make("Tick", { trigger: Task.every("1 minute"), attempts: 2 }) {}
      const TickLive = Tick.run(({ due }, { commandId }) =>
        due === minute ? Effect.fail({ message: "no disk" }) : count("a", `${due / minute}`, commandId("a"))
      )
      yield* Effect.gen(function*() {
        yield* TestClock.adjust("90 seconds")
        const [tick] = (yield* work).work
        assert.deepInclude(tick, { state: "Pending", due: 2 * minute, reason: "no disk" })
        yield* TestClock.adjust("30 seconds")
        assert.deepStrictEqual(yield* notes, ["2"])
        assert.strictEqual((yield* work).work[0]!.reason, undefined)
      }).pipe(running(warehouse(TickLive)))
    }).pipe(Effect.provide(Stores)))

  it.effect("at an instant that fails for good is parked, and done again when it is replayed", () =>
    Effect.gen(function*() {
      let isAway = true
      class Once extends Task.make("Once", { trigger: Task.at(0), attempts: 1 }) {}
      const OnceLive = Once.run(() => Effect.suspend(() => isAway ? Effect.die("broken") : count("a", "done", "id")))
      yield* Effect.gen(function*() {
        yield* TestClock.adjust("1 minute")
        const [parked] = (yield* work).work
        assert.strictEqual(parked!.state, "Parked")
        assert.include(parked!.reason, "broken")
        isAway = false
        assert.isTrue(yield* Effect.flatMap(Operations, ({ replayWork }) => replayWork("Warehouse", "tasks", "Once")))
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(yield* notes, ["done"])
        assert.deepStrictEqual((yield* work).work, [])
      }).pipe(running(warehouse(OnceLive)))
    }).pipe(Effect.provide(Stores)))

  it.effect("that takes too long is interrupted, and has failed", () =>
    Effect.gen(function*() {
      let interrupted = 0
      class Slow extends Task.make("Slow", { trigger: Task.at(0), attempts: 1, timeout: "2 minutes" }) {}
      const SlowLive = Slow.run(() => Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted++)))
      yield* Effect.gen(function*() {
        yield* TestClock.adjust("119 seconds")
        assert.strictEqual(interrupted, 0)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(interrupted, 1)
        const [parked] = (yield* work).work
        assert.deepInclude(parked, { state: "Parked", reason: "it took longer than 2m" })
      }).pipe(running(warehouse(SlowLive)))
    }).pipe(Effect.provide(Stores)))

  it.effect("acts as the application itself, and may use the scheduler and services of the application", () =>
    Effect.gen(function*() {
      class Greeting extends Context.Service<Greeting, string>()("test/Greeting") {}
      class Greet extends Task.make("Greet", { trigger: Task.at(0) }) {}
      let seen: unknown
      const GreetLive = Greet.run(() =>
        Effect.gen(function*() {
          seen = [yield* Greeting, yield* Principal.CurrentPrincipal, (yield* (yield* Scheduler).list).length]
        })
      )
      yield* TestClock.adjust(0).pipe(
        running(warehouse(GreetLive)),
        Effect.provideService(Greeting, "hello"),
        Effect.provideService(Principal.CurrentPrincipal, Principal.user("ada"))
      )
      assert.deepStrictEqual(seen, ["hello", Principal.system, 0])
    }).pipe(Effect.provide(Stores)))

  it("whose schedule can't fire is refused with a sentence", () => {
    assert.throws(
      () => Task.every("10 millis"),
      "a task can't be scheduled like that: its interval is less than a second"
    )
    assert.throws(() => Task.cron("0 0 30 2 *"), "no instant matches its calendar")
    assert.throws(() => Task.cron("bad"), "'bad' is no calendar")
    assert.throws(() => Task.cron("0 3 * * *", "Mars/Olympus"), "'0 3 * * *' is no calendar in 'Mars/Olympus'")
    assert.throws(() => Task.make("T", { trigger: Task.at(0), attempts: 0 }), "task 'T' has 0 'attempts'")
  })
})

class Import extends Task.make("Import", {
  trigger: Task.objectCreated({ prefix: "products/", suffix: ".csv" }),
  attempts: 2
}) {}
const ImportLive = Import.run(countLines)

class Gone extends Task.make("Gone", { trigger: Task.objectRemoved({ prefix: "products/" }) }) {}
const GoneLive = Gone.run(({ key, version }, { commandId }) => count("gone", `${key} ${version}`, commandId("gone")))

const put = (key: string, content: string) => Effect.flatMap(ObjectStore, (objects) => objects.put(key, content))
const remove = (key: string) => Effect.flatMap(ObjectStore, (objects) => objects.remove(key))

describe("a task that objects trigger", () => {
  const process = running(warehouse(ImportLive, GoneLive))

  it.effect("runs once for each object that appears, with the prefix and the suffix, and once for each new version", () =>
    Effect.gen(function*() {
      yield* put("products/b.csv", "1\n2")
      yield* process(Effect.gen(function*() {
        yield* put("products/a.csv", "1")
        yield* put("products/a.txt", "1")
        yield* put("customers/a.csv", "1")
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual((yield* notes).toSorted(), ["products/a.csv", "products/b.csv", "products/b.csv"])
        yield* put("products/a.csv", "1")
        yield* TestClock.adjust("1 minute")
        assert.lengthOf(yield* notes, 4)
      }))
      yield* process(TestClock.adjust("1 minute"))
      assert.lengthOf(yield* notes, 4)
    }).pipe(Effect.provide(Stores)))

  it.effect("is told at once of what changes in its process, and of nothing while nothing does", () =>
    process(Effect.gen(function*() {
      yield* TestClock.adjust("1 second")
      yield* put("products/a.csv", "1")
      yield* TestClock.adjust(0)
      assert.lengthOf(yield* notes, 1)
      yield* remove("products/a.csv")
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* notes, ["products/a.csv", "products/a.csv 1"])
    })).pipe(Effect.provide(Stores)))

  it.effect("is told of what appeared and what went while no process ran, once", () =>
    Effect.gen(function*() {
      yield* put("products/a.csv", "1")
      yield* process(TestClock.adjust(0))
      yield* remove("products/a.csv")
      yield* put("products/b.csv", "2")
      yield* process(TestClock.adjust(0))
      yield* process(TestClock.adjust("1 minute"))
      assert.deepStrictEqual((yield* notes).toSorted(), ["products/a.csv", "products/a.csv 1", "products/b.csv"])
    }).pipe(Effect.provide(Stores)))

  it.effect("doesn't take objects for removed that its prefix doesn't ask for any more", () =>
    Effect.gen(function*() {
      class Elsewhere extends Task.make("Gone", { trigger: Task.objectRemoved({ prefix: "customers/" }) }) {}
      const ElsewhereLive = Elsewhere.run(() => count("gone", "gone", "gone"))
      yield* put("products/a.txt", "1")
      yield* process(TestClock.adjust(0))
      yield* running(warehouse(ElsewhereLive))(TestClock.adjust("1 minute"))
      assert.deepStrictEqual(yield* notes, [])
      assert.deepStrictEqual(yield* items("tasks.known"), [])
    }).pipe(Effect.provide(Stores)))

  it.effect("doesn't run again what an operator cancelled", () =>
    Effect.gen(function*() {
      let runs = 0
      class Import extends Task.make("Import", { trigger: Task.objectCreated({ prefix: "" }), attempts: 1 }) {}
      const ImportLive = Import.run(() => Effect.flatMap(Effect.sync(() => runs++), () => Effect.fail("bad file")))
      const process = running(warehouse(ImportLive))
      yield* put("a.csv", "1")
      yield* process(Effect.gen(function*() {
        yield* TestClock.adjust(0)
        const [parked] = (yield* work).work
        assert.deepInclude(parked, {
          queue: "tasks.objects",
          lane: "Import/a.csv",
          target: "Warehouse.Import",
          state: "Parked"
        })
        assert.include(parked!.reason, "bad file")
        const operations = yield* Operations
        assert.isTrue(yield* operations.cancelWork("Warehouse", "tasks.objects", parked!.id, "it is a test"))
      }))
      yield* process(TestClock.adjust("1 minute"))
      assert.strictEqual(runs, 1)
      assert.deepStrictEqual(yield* items("tasks.objects"), [])
    }).pipe(Effect.provide(Stores)))

  it.effect("is tried again when it fails, and sends no command twice", () =>
    Effect.gen(function*() {
      let attempts = 0
      class Import extends Task.make("Import", { trigger: Task.objectCreated({ prefix: "" }) }) {}
      const ImportLive = Import.run((object, context) =>
        Effect.andThen(
          countLines(object, context),
          Effect.suspend(() => ++attempts < 3 ? Effect.fail("the answer was lost") : Effect.void)
        )
      )
      yield* put("a.csv", "1\n2\n3")
      yield* TestClock.adjust("10 minutes").pipe(running(warehouse(ImportLive)))
      assert.strictEqual(attempts, 3)
      assert.lengthOf(yield* notes, 3)
    }).pipe(Effect.provide(Stores)))

  it.effect("keeps the order of one object's versions, and one object's failure holds up no other", () =>
    Effect.gen(function*() {
      class Import extends Task.make("Import", { trigger: Task.objectCreated({ prefix: "" }), attempts: 1 }) {}
      const ImportLive = Import.run((object, context) =>
        object.key === "bad" ? Effect.fail("bad file") : countLines(object, context)
      )
      yield* Effect.gen(function*() {
        yield* put("bad", "1")
        yield* TestClock.adjust(0)
        yield* put("bad", "2")
        yield* put("good", "3")
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(yield* notes, ["good"])
        const states = (yield* work).work.map(({ lane, state }) => ({ lane, state }))
        assert.deepStrictEqual(states, [{ lane: "Import/bad", state: "Parked" }, {
          lane: "Import/bad",
          state: "Pending"
        }])
      }).pipe(running(warehouse(ImportLive)))
    }).pipe(Effect.provide(Stores)))

  it.effect("is begun once by two processes that look at the same time", () =>
    Effect.gen(function*() {
      // In memory, both of them own what they look at.
      yield* Effect.gen(function*() {
        yield* put("products/a.csv", "1")
        yield* TestClock.adjust("1 minute")
        yield* put("products/a.csv", "2")
        yield* TestClock.adjust("1 minute")
        yield* remove("products/a.csv")
        yield* TestClock.adjust("1 minute")
      }).pipe(process, process)
      assert.deepStrictEqual(yield* notes, ["products/a.csv", "products/a.csv", "products/a.csv 2"])
      assert.deepStrictEqual(yield* items("tasks.known"), [])
    }).pipe(Effect.provide(Stores)))

  it.effect("is begun once when its process ended before it remembered what it had seen, or forgot what had gone", () =>
    Effect.gen(function*() {
      let failures = 3
      const failing = Effect.suspend(() =>
        failures-- > 0 ? Effect.fail(new WorkStoreError({ detail: "it is away", isRetryable: true })) : Effect.void
      )
      const away = Layer.effect(
        WorkStores,
        Effect.map(WorkStores, ({ of }) => ({
          of: (plugin) =>
            Effect.map(of(plugin), (store): WorkStoreShape => ({
              ...store,
              add: (queue, items, now) =>
                queue === "tasks.known"
                  ? Effect.andThen(failing, store.add(queue, items, now))
                  : store.add(queue, items, now),
              cancel: (queue, id) => Effect.andThen(failing, store.cancel(queue, id))
            }))
        }))
      )
      yield* Effect.gen(function*() {
        yield* put("products/a.csv", "1")
        yield* TestClock.adjust("1 minute")
        failures = 2
        yield* remove("products/a.csv")
        yield* TestClock.adjust("1 minute")
        assert.isBelow(failures, 0)
        assert.deepStrictEqual(yield* notes, ["products/a.csv", "products/a.csv 1"])
      }).pipe(process, Effect.provide(away))
    }).pipe(Effect.provide(Stores)))

  it.effect("goes on when the object store was away, and takes nothing for removed meanwhile", () =>
    Effect.gen(function*() {
      let isAway = false
      const away = Layer.effect(
        ObjectStore,
        Effect.map(ObjectStore, (store) => ({
          ...store,
          list: (prefix) =>
            isAway
              ? Stream.concat(
                Stream.take(store.list(prefix), 1),
                Stream.fail(new ObjectStoreError({ detail: "it is away", isRetryable: true }))
              )
              : store.list(prefix)
        }))
      )
      yield* Effect.gen(function*() {
        yield* put("products/a.csv", "1")
        yield* put("products/b.csv", "1")
        yield* TestClock.adjust(0)
        isAway = true
        yield* put("products/c.csv", "1")
        yield* TestClock.adjust("1 minute")
        assert.lengthOf(yield* notes, 2)
        isAway = false
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual((yield* notes).toSorted(), ["products/a.csv", "products/b.csv", "products/c.csv"])
      }).pipe(process, Effect.provide(away))
    }).pipe(Effect.provide(Stores)))
})
