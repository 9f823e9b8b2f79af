import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import type * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import * as Task from "@reventless/core/Task"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { warehouse } from "./fixtures/warehouse.ts"

const minute = 60_000

const Stores = Layer.fresh(Layer.merge(Platform.layerMemory, ObjectStoreMemory.layer))

/** Runs the platform for as long as the effect does, as a process that begins and ends. */
const running = <R>(...plugins: ReadonlyArray<Plugin.Plugin<string, R>>) =>
  Effect.provide(Platform.layer({ version: "1.0.0", operators: Access.groups("operators"), plugins }))

/** What a run did, in the order in which things were done, in minutes: for which instant, when it began, when it ended. */
type Done = readonly [due: number, began: number, ended: number]

/** A task that runs every hour, each time for as many minutes as there are in the list, or for one. */
const hourly = (...minutes: ReadonlyArray<number>) => {
  const done: Array<Done> = []
  const ids: Array<string> = []
  let begun = 0
  class Tick extends Task.make("Tick", { trigger: Task.every("1 hour"), attempts: 2 }) {}
  const now = Effect.map(Clock.currentTimeMillis, (time) => time / minute)
  const plugin = warehouse(Tick.run(({ due }, { commandId }) =>
    Effect.gen(function*() {
      const began = yield* now
      ids.push(commandId("note"))
      yield* Effect.sleep(`${minutes[begun++] ?? 1} minutes`)
      done.push([due / minute, began, yield* now])
    })
  ))
  return { plugin, done, ids }
}

const run = Effect.flatMap(Operations, ({ runWork }) => runWork("Warehouse", "tasks", "Tick"))

const work = (state?: "Done" | "Parked") =>
  Effect.flatMap(
    Operations,
    (operations) =>
      Effect.map(operations.work({ plugin: "Warehouse", lane: "Tick", state }), ({ work }) =>
        work.map(({ id, queue, reason, state }) => ({ id, queue, state, ...(reason === undefined ? {} : { reason }) })))
  )

describe("a scheduled task that is run by hand", () => {
  it.effect("runs once more at once, for the instant of asking, and its schedule stays as it is", () => {
    const { done, ids, plugin } = hourly()
    return Effect.gen(function*() {
      yield* TestClock.adjust("10 minutes")
      const asked = yield* run
      assert.deepStrictEqual(asked, { plugin: "Warehouse", queue: "tasks.byHand", id: asked.id, behind: undefined })
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual((yield* work()).find(({ id }) => id === asked.id)?.state, "Leased")
      yield* TestClock.adjust("50 minutes")
      assert.deepStrictEqual(done, [[10, 10, 11]])
      assert.deepStrictEqual(yield* work("Done"), [{ id: asked.id, queue: "tasks.byHand", state: "Done" }])
      yield* TestClock.adjust("50 minutes")
      assert.deepStrictEqual(done, [[10, 10, 11], [60, 60, 61]])
      assert.strictEqual(new Set(ids).size, 2)
    }).pipe(running(plugin), Effect.provide(Stores))
  })

  it.effect("waits for the run that is in progress, and is done right after it", () => {
    const { done, plugin } = hourly(5)
    return Effect.gen(function*() {
      yield* TestClock.adjust("62 minutes")
      const { behind } = yield* run
      assert.deepStrictEqual(behind, { queue: "tasks", id: "Tick", state: "Leased" })
      yield* TestClock.adjust("210 seconds")
      assert.deepStrictEqual(done.map(([due, began]) => [due, Math.floor(began)]), [[60, 60]])
      yield* TestClock.adjust("30 minutes")
      assert.deepStrictEqual(done.map(([due, began]) => [due, Math.floor(began)]), [[60, 60], [62, 65]])
    }).pipe(running(plugin), Effect.provide(Stores))
  })

  it.effect("has the schedule wait until it is done", () => {
    const { done, plugin } = hourly(15)
    return Effect.gen(function*() {
      yield* TestClock.adjust("50 minutes")
      yield* run
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(done, [[50, 50, 65], [60, 65, 66]])
    }).pipe(running(plugin), Effect.provide(Stores))
  })

  it.effect("twice runs twice, one after the other", () => {
    const { done, plugin } = hourly()
    return Effect.gen(function*() {
      yield* TestClock.adjust("10 minutes")
      const first = yield* run
      yield* TestClock.adjust("30 seconds")
      const second = yield* run
      assert.deepStrictEqual(second.behind, { queue: "tasks.byHand", id: first.id, state: "Leased" })
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(done, [[10, 10, 11], [10.5, 11, 12]])
    }).pipe(running(plugin), Effect.provide(Stores))
  })

  it.effect("never runs beside another run of the task, also where two processes share the work", () => {
    const { done, plugin } = hourly(7, 7, 7, 7, 7, 7, 7, 7)
    return Effect.gen(function*() {
      yield* TestClock.adjust("50 minutes")
      for (let asked = 0; asked < 5; asked++) {
        yield* run
        yield* TestClock.adjust("3 minutes")
      }
      yield* TestClock.adjust("50 minutes")
      assert.strictEqual(done.length, 6)
      const inOrder = done.toSorted(([, one], [, other]) => one - other)
      const overlapping = inOrder.filter(([, began], index) => index > 0 && began < inOrder[index - 1]![2])
      assert.deepStrictEqual(overlapping, [])
    }).pipe(running(plugin), running(plugin), Effect.provide(Stores))
  })

  it.effect("is parked with the reason when it fails for good, replayed, and holds up no run of the schedule", () => {
    let isAway = true
    const ran: Array<number> = []
    class Tick extends Task.make("Tick", { trigger: Task.every("1 hour"), attempts: 2 }) {}
    const plugin = warehouse(
      Tick.run(({ due }) =>
        Effect.suspend(() =>
          isAway && due !== 60 * minute ? Effect.fail({ message: "no disk" }) : Effect.sync(() => ran.push(due))
        )
      )
    )
    return Effect.gen(function*() {
      yield* TestClock.adjust("10 minutes")
      const { id } = yield* run
      yield* TestClock.adjust("51 minutes")
      assert.deepStrictEqual(ran, [60 * minute])
      assert.deepStrictEqual(yield* work("Parked"), [{ id, queue: "tasks.byHand", state: "Parked", reason: "no disk" }])
      const behind = yield* run
      assert.deepStrictEqual(behind.behind, { queue: "tasks.byHand", id, state: "Parked" })
      isAway = false
      const { replayWork } = yield* Operations
      assert.isTrue(yield* replayWork("Warehouse", "tasks.byHand", id))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(ran, [60 * minute, 10 * minute, 61 * minute])
    }).pipe(running(plugin), Effect.provide(Stores))
  })

  it.effect("is begun again by another process when its own has ended, with the same ids", () => {
    const { done, ids, plugin } = hourly(30)
    return Effect.gen(function*() {
      yield* running(plugin)(Effect.gen(function*() {
        yield* TestClock.adjust("10 minutes")
        yield* run
        yield* TestClock.adjust("1 minute")
      }))
      yield* running(plugin)(TestClock.adjust("5 minutes"))
      assert.deepStrictEqual(done, [[10, 11, 12]])
      assert.strictEqual(ids.length, 2)
      assert.strictEqual(ids[0], ids[1])
    }).pipe(Effect.provide(Stores))
  })

  it.effect("is refused where there is nothing to run, and to who is no operator", () => {
    class Import extends Task.make("Import", { trigger: Task.objectCreated({ prefix: "in/" }) }) {}
    class Tick extends Task.make("Tick", { trigger: Task.every("1 hour") }) {}
    const plugin = warehouse<never>(Tick.run(() => Effect.void), Import.run(() => Effect.void) as never)
    return Effect.gen(function*() {
      const { runWork } = yield* Operations
      const refusal = (...item: Parameters<typeof runWork>) =>
        Effect.map(Effect.flip(runWork(...item)), ({ message }) => message)
      assert.include(yield* refusal("Warehouse", "tasks", "Tock"), "no scheduled task 'Tock'; there is Tick")
      assert.include(
        yield* refusal("Warehouse", "tasks", "Import"),
        "'Import' has no schedule: it runs for objects, each of which has an item in 'tasks.objects'"
      )
      assert.include(yield* refusal("Warehouse", "commands", "Tick"), "only a scheduled task, in the queue 'tasks'")
      assert.include(yield* refusal("Storehouse", "tasks", "Tick"), "no such plugin")
      const as = (principal: Principal.Principal) => Effect.provideService(Principal.CurrentPrincipal, principal)
      for (const nobody of [Principal.anonymous, Principal.user("bob")]) {
        assert.strictEqual((yield* Effect.flip(as(nobody)(run)))._tag, "AccessDenied")
      }
      const { id } = yield* as(Principal.user("ada", ["operators"]))(run)
      const { work } = yield* (yield* Operations).work({ plugin: "Warehouse", content: true })
      assert.deepStrictEqual(work.find((one) => one.id === id)?.content, {
        target: "Warehouse.Tick",
        due: 0,
        by: "ada"
      })
    }).pipe(running(plugin), Effect.provide(Stores))
  })
})
