import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { EventStores } from "@reventless/core/EventStores"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Query from "@reventless/core/Query"
import { Scheduler, type When } from "@reventless/core/Scheduler"
import { WorkStores } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { Course, CourseId, School } from "./fixtures/school.ts"

const main = Platform.layer({ version: "1.0.0", plugins: [School] })
const Test = main.pipe(Layer.provideMerge(Platform.layerMemory))

const a = CourseId.make("a")
const open = { to: Course.commands.Open, command: { course: a, seats: 1 } }

const events = (type: string) =>
  Effect.scoped(Effect.gen(function*() {
    const { store } = yield* (yield* EventStores).of({ name: School.name, plan: School.plan })
    const found = yield* Stream.runCollect(store.read(Query.make({ types: [type], tags: ["course:a"] })))
    return found.length
  }))

const openedCourses = events("CourseOpened")
const changedSeats = events("SeatsChanged")

describe("a schedule", () => {
  it.effect("at an instant fires once, then it is gone", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      yield* scheduler.create({ name: "open", when: { at: DateTime.makeUnsafe(60_000) }, ...open })
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(yield* openedCourses, 0)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* openedCourses, 1)
      assert.lengthOf(yield* scheduler.list, 0)
    }).pipe(Effect.provide(Test)))

  it.effect("at an interval fires again and again, and says when it fires next", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      yield* scheduler.create({ name: "tick", when: { every: "1 hour" }, ...open })
      yield* TestClock.adjust("150 minutes")
      const [tick] = yield* scheduler.list
      assert.deepInclude(tick!, { name: "tick", target: "School.Course.Open", fired: 2, next: 3 * 3_600_000 })
    }).pipe(Effect.provide(Test)))

  it.effect("by a calendar fires at its instants in its time zone", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      const cron = Cron.parseUnsafe("0 9 * * *", "Europe/Berlin")
      yield* scheduler.create({ name: "daily", when: { cron }, ...open })
      const [daily] = yield* scheduler.list
      // On the first of January 1970, nine o'clock in Berlin is eight o'clock UTC.
      assert.strictEqual(daily!.next, 8 * 3_600_000)
    }).pipe(Effect.provide(Test)))

  it.effect("for a plugin that another process runs waits for that process", () =>
    Effect.gen(function*() {
      const at = { at: DateTime.makeUnsafe(60_000) }
      const here = Layer.fresh(main)
      const elsewhere = Layer.fresh(
        Platform.layer({ version: "1.0.0", plugins: [Plugin.make("Kitchen", { version: "1.0.0" })] })
      )
      const create = Effect.flatMap(Scheduler, (scheduler) => scheduler.create({ name: "open", when: at, ...open }))
      yield* Effect.provide(create, here)
      const wait = Effect.gen(function*() {
        const scheduler = yield* Scheduler
        yield* TestClock.adjust("2 minutes")
        assert.deepStrictEqual((yield* scheduler.list).map(({ failure, name }) => [name, failure]), [[
          "open",
          undefined
        ]])
      })
      yield* Effect.provide(wait, elsewhere)
      assert.strictEqual(yield* openedCourses, 0)
      const fire = Effect.gen(function*() {
        const scheduler = yield* Scheduler
        yield* TestClock.adjust("2 seconds")
        assert.lengthOf(yield* scheduler.list, 0)
      })
      yield* Effect.provide(fire, here)
      assert.strictEqual(yield* openedCourses, 1)
    }).pipe(Effect.provide(Platform.layerMemory)))

  it.effect("created again under its name is replaced, and deleted it never fires", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      yield* scheduler.create({ name: "open", when: { every: "1 minute" }, ...open })
      yield* scheduler.create({ name: "open", when: { every: "1 hour" }, ...open })
      yield* TestClock.adjust("30 minutes")
      assert.strictEqual(yield* openedCourses, 0)
      assert.isTrue(yield* scheduler.delete("open"))
      assert.isFalse(yield* scheduler.delete("open"))
      yield* TestClock.adjust("3 hours")
      assert.strictEqual(yield* openedCourses, 0)
    }).pipe(Effect.provide(Test)))

  it.effect("created again with another command for the same instant sends both, and with the same command one", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      const at = { at: DateTime.makeUnsafe(1000) }
      const seats = (seats: number) => ({ to: Course.commands.ChangeSeats, command: { course: a, seats } })
      yield* scheduler.create({ name: "open", when: at, ...open })
      yield* TestClock.adjust("1 second")
      yield* scheduler.create({ name: "seats", when: at, ...seats(2) })
      yield* TestClock.adjust("1 second")
      yield* scheduler.create({ name: "seats", when: at, ...seats(3) })
      yield* TestClock.adjust("1 second")
      yield* scheduler.create({ name: "seats", when: at, ...seats(2) })
      yield* TestClock.adjust("1 second")
      assert.lengthOf(yield* scheduler.list, 0)
      assert.strictEqual(yield* changedSeats, 2)
    }).pipe(Effect.provide(Test)))

  it.effect("whose command breaks fires again nevertheless, and says why", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      const broken = { to: Course.commands.Break, command: { course: a } }
      yield* scheduler.create({ name: "tick", when: { every: "1 hour" }, ...broken })
      yield* scheduler.create({ name: "once", when: { at: DateTime.makeUnsafe(1000) }, ...broken })
      yield* TestClock.adjust("150 minutes")
      const [once, tick] = yield* scheduler.list
      assert.deepInclude(tick!, { fired: 2, next: 3 * 3_600_000 })
      assert.include(tick!.failure, "broken")
      assert.deepInclude(once!, { fired: 0, next: undefined })
      assert.include(once!.failure, "broken")
    }).pipe(Effect.provide(Test)))

  it.effect("that missed firings until this very instant fires once, and then an interval later", () =>
    Effect.gen(function*() {
      const running = Effect.provide(main)
      yield* running(
        Effect.flatMap(Scheduler, ({ create }) => create({ name: "tick", when: { every: "1 second" }, ...open }))
      )
      yield* TestClock.setTime(3000)
      yield* running(Effect.gen(function*() {
        const scheduler = yield* Scheduler
        yield* TestClock.adjust(0)
        const [tick] = yield* scheduler.list
        assert.deepInclude(tick!, { fired: 1, next: 4000 })
      }))
    }).pipe(Effect.provide(Platform.layerMemory)))

  it.effect("that was killed before its firing was written fires once more for what fell due since", () =>
    Effect.gen(function*() {
      const stores = yield* Layer.build(Platform.layerMemory)
      const { of } = Context.get(stores, WorkStores)
      const dying = Context.add(stores, WorkStores, {
        of: (plugin: string) =>
          Effect.map(of(plugin), (store) => ({
            ...store,
            finish: (...[queue, item, result, now]: Parameters<typeof store.finish>) =>
              queue === "schedules" && result._tag === "Again" ? Effect.never : store.finish(queue, item, result, now)
          }))
      })
      const seats = (seats: number) => ({ to: Course.commands.ChangeSeats, command: { course: a, seats } })
      yield* Effect.provide(
        Effect.gen(function*() {
          const bus = yield* CommandBus
          yield* bus.send(Course.commands.Open, { course: a, seats: 1 })
          yield* Effect.flatMap(
            Scheduler,
            ({ create }) => create({ name: "tick", when: { every: "1 hour" }, ...seats(2) })
          )
          yield* TestClock.adjust("1 hour")
          yield* bus.send(Course.commands.ChangeSeats, { course: a, seats: 3 })
        }),
        main.pipe(Layer.provide(Layer.succeedContext(dying)))
      )
      const here = Effect.provide(Layer.succeedContext(stores))
      assert.strictEqual(yield* here(changedSeats), 2)
      yield* TestClock.setTime(7.5 * 3_600_000)
      yield* Effect.provide(
        Effect.gen(function*() {
          yield* TestClock.adjust("1 second")
          const [tick] = yield* Effect.flatMap(Scheduler, ({ list }) => list)
          assert.deepInclude(tick!, { fired: 2, next: 8 * 3_600_000 })
        }),
        main.pipe(Layer.provide(Layer.succeedContext(stores)))
      )
      assert.strictEqual(yield* here(changedSeats), 3)
    }).pipe(Effect.scoped))

  it.effect("that can't work is refused", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      const refused = (when: When) =>
        Effect.map(
          Effect.flip(scheduler.create({ name: "tick", when, ...open })),
          ({ message }) => message.replace("The schedule 'tick' can't be created: ", "")
        )
      assert.strictEqual(yield* refused({ every: "1 millis" }), "its interval is less than a second.")
      assert.strictEqual(yield* refused({ every: "Infinity" }), "its interval has no end.")
      const never = Cron.parseUnsafe("0 0 30 2 *", "UTC")
      assert.strictEqual(yield* refused({ cron: never }), "no instant matches its calendar.")
      assert.lengthOf(yield* scheduler.list, 0)
    }).pipe(Effect.provide(Test)))
})
