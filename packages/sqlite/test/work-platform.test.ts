import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { EventStores } from "@reventless/core/EventStores"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Query from "@reventless/core/Query"
import { type Scheduled, Scheduler, type When } from "@reventless/core/Scheduler"
import { WorkStores } from "@reventless/core/WorkStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Console from "effect/Console"
import * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { spawn } from "node:child_process"
import * as path from "node:path"
import { folder, newFile, random } from "./support.ts"
import type { Order, Point } from "./work-platform/child.ts"
import { entities, make, OrderId, Ship, tagOf } from "./work-platform/shipping.ts"

const Shipping = make(() => 0)

/** Services of the platform on a file, for as long as the effect runs: as if a process began and ended. */
const onFile = (filename: string, plugins = [Shipping]) =>
  Effect.provide(
    Platform.layer({ version: "1.0.0", plugins: plugins as [typeof Shipping] }).pipe(
      Layer.provideMerge(SqlitePlatform.layer({ filename }))
    )
  )

/** The numbers of the commands whose events an entity has, in the order of the log. */
const numbersOf = (tag: string) =>
  Effect.scoped(Effect.gen(function*() {
    const { store } = yield* (yield* EventStores).of({ name: Shipping.name, plan: Shipping.plan })
    const types = [tag.startsWith("order") ? "Shipped" : "Stored"]
    const events = yield* Stream.runCollect(store.read(Query.make({ types, tags: [tag] })))
    return events.map(({ data }) => data as { readonly number: number; readonly by: number })
  }))

/** How many items of each state there are, and the numbers of each lane's commands in the order in which they were taken. */
const commands = Effect.scoped(Effect.gen(function*() {
  const store = yield* (yield* WorkStores).of(Shipping.name)
  const unfinished = yield* store.list("commands", { limit: Infinity })
  const done = yield* store.list("commands", { state: "Done", limit: Infinity })
  const taken = Map.groupBy(done, ({ lane }) => lane)
  return {
    unfinished,
    done,
    taken: (lane: string) =>
      (taken.get(lane) ?? []).map(({ content }) => (content as { command: { number: number } }).command.number)
  }
}))

/** A process that has loaded everything and waits to be told what to do. */
const prepare = (filename: string, cache: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, [path.join(import.meta.dirname, "work-platform/child.ts"), filename], {
        stdio: ["pipe", "pipe", "inherit"],
        env: { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? cache }
      })
      child.stdin.on("error", () => {})
      const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
        child.once("close", (code, signal) => resolve(signal ?? code))
      )
      let text = ""
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => text += chunk)
      const lines = (word: string) =>
        text.split("\n").slice(0, -1).filter((line) => line.startsWith(word)).map((line) => line.split(" "))
      return {
        lines,
        said: (word: string) =>
          Effect.gen(function*() {
            while (lines(word).length === 0) yield* Effect.sleep(2)
          }),
        order: (order: Order) => Effect.sync(() => child.stdin.write(`${JSON.stringify(order)}\n`)),
        kill: Effect.sync(() => child.kill("SIGKILL")),
        ended: Effect.promise(() => ended)
      }
    }),
    ({ ended, kill }) => Effect.andThen(kill, ended)
  )

describe("commands that are decided later, on SQLite", () => {
  it.live(
    "reach an outcome exactly once, in the order in which they were taken, however often their process is killed",
    () =>
      Effect.gen(function*() {
        const created = yield* folder
        const filename = path.join(created, "store.db")
        const seed = Number(process.env["REVENTLESS_SEED"] ?? Date.now() % 1_000_000)
        const { below } = random(seed)
        const points: ReadonlyArray<Point> = ["taken", "decided", "stored", "finished"]
        const ends = [...Array.from({ length: 6 }, () => undefined), ...points]
        const acknowledged: Array<{ readonly tag: string; readonly number: number; readonly id: string }> = []
        const prepared = prepare(filename, path.join(created, "cache"))
        let ahead = 0
        let waiting = 0
        let spare = yield* prepared
        for (const [index, point] of ends.entries()) {
          const child = spare
          spare = yield* prepared
          yield* child.said("ready")
          ahead = index * 11_000
          const told = { ahead, first: index * 100_000, count: 15 }
          yield* child.order(point === undefined ? told : { ...told, point, times: 1 + below(20) })
          if (point === undefined) {
            const enough = 20 + below(80)
            while (child.lines("taken").length < enough) yield* Effect.sleep(1)
            yield* child.kill
          }
          assert.strictEqual(yield* child.ended, "SIGKILL")
          const taken = child.lines("taken")
          waiting += taken.length - child.lines("decided").length
          for (const [, entity, number, id] of taken) {
            acknowledged.push({ tag: tagOf(Number(entity)), number: Number(number), id: id! })
          }
        }
        yield* spare.said("ready")
        yield* spare.order({ ahead: ahead + 11_000, first: 90_000_000, count: 1 })
        yield* spare.said("done")

        yield* Effect.gen(function*() {
          const bus = yield* CommandBus
          for (const { id } of acknowledged) {
            const outcome = yield* bus.outcome(id)
            const isAccepted = outcome._tag === "CommandAccepted" && outcome.eventCount === 1
            assert.isTrue(isAccepted, `seed ${seed}: ${JSON.stringify(outcome)}`)
          }
          const { done, taken, unfinished } = yield* commands
          assert.deepStrictEqual(unfinished, [])
          for (const entity of entities) {
            const tag = tagOf(entity)
            const stored = (yield* numbersOf(tag)).map(({ number }) => number)
            assert.deepStrictEqual(stored, taken(tag), `seed ${seed}`)
            assert.deepStrictEqual(stored, [...new Set(stored)].toSorted((a, b) => a - b), `seed ${seed}`)
            const known = new Set(stored)
            const lost = acknowledged.filter((one) => one.tag === tag && !known.has(one.number))
            assert.deepStrictEqual(lost, [], `seed ${seed}`)
          }
          const again = done.filter(({ attempts }) => attempts > 1).length
          yield* Console.log(
            `${ends.length} kills: ${acknowledged.length} commands acknowledged, ${done.length} decided, ` +
              `${again} of them begun more than once; seed ${seed}`
          )
          assert.isAbove(acknowledged.length, 100)
          assert.isAbove(again, 3)
          assert.isAbove(waiting, 0)
        }).pipe(onFile(filename))
      }).pipe(Effect.scoped)
  )

  it.live(
    "are shared by two processes, and none is decided twice",
    () =>
      Effect.gen(function*() {
        const created = yield* folder
        const filename = path.join(created, "store.db")
        const count = 12
        const prepared = prepare(filename, path.join(created, "cache"))
        const children = yield* Effect.all([prepared, prepared])
        for (const [index, child] of children.entries()) {
          yield* child.said("ready")
          if (index === 0) continue
          for (const [first, other] of children.entries()) {
            yield* other.order({ ahead: 0, first: first * 100_000, count })
          }
        }
        for (const child of children) yield* child.said("done")

        const total = 2 * count * entities.length
        // A process decides again on what the other one has stored for the entity; that is the same command's decision.
        const decided = children.flatMap(({ lines }) => [...new Set(lines("decided").map(([, number]) => number))])
        assert.strictEqual(decided.length, total)
        assert.strictEqual(new Set(decided).size, total)
        for (const { lines } of children) assert.isAbove(lines("decided").length, 0)
        yield* Effect.gen(function*() {
          const { done, taken, unfinished } = yield* commands
          assert.deepStrictEqual(unfinished, [])
          assert.strictEqual(done.length, total)
          assert.isTrue(done.every(({ attempts }) => attempts === 1))
          for (const entity of entities) {
            const stored = yield* numbersOf(tagOf(entity))
            assert.strictEqual(stored.length, 2 * count)
            assert.deepStrictEqual(stored.map(({ number }) => number), taken(tagOf(entity)))
          }
        }).pipe(onFile(filename))
      }).pipe(Effect.scoped)
  )
})

const order = { to: Ship, command: { order: OrderId.make("1"), number: 1 } }
const minute = 60_000
const hour = 60 * minute

/** Moves the clock, and gives the disk the time that it needs until the schedules are as they should be. */
const until = Effect.fnUntraced(function*(expected: (schedules: ReadonlyArray<Scheduled>) => boolean) {
  const scheduler = yield* Scheduler
  for (let turn = 0; turn < 400; turn++) {
    yield* TestClock.adjust(0)
    const schedules = yield* scheduler.list
    if (expected(schedules)) return schedules
    yield* TestClock.withLive(Effect.sleep(5))
  }
  return assert.fail(`the schedules are ${JSON.stringify(yield* scheduler.list)}`)
})

const fired = (name: string, times: number) =>
  until((schedules) => schedules.find((one) => one.name === name)?.fired === times)

/** How many commands were sent, when all of them are decided. */
const sent = Effect.gen(function*() {
  for (let turn = 0; turn < 400; turn++) {
    yield* TestClock.adjust(0)
    const { done, unfinished } = yield* commands
    if (unfinished.length === 0) {
      const stored = yield* numbersOf("order:1")
      assert.strictEqual(stored.length, done.length)
      return stored.length
    }
    yield* TestClock.withLive(Effect.sleep(5))
  }
  return assert.fail("the commands aren't decided")
})

const create = (name: string, when: When) =>
  Effect.flatMap(Scheduler, (scheduler) => scheduler.create({ name, when, ...order }))

describe("schedules on SQLite", () => {
  it.effect("survive a restart, and fire once for all that fell due while no process ran", () =>
    Effect.gen(function*() {
      const running = onFile(yield* newFile)
      yield* running(Effect.gen(function*() {
        yield* create("every minute", { every: "1 minute" })
        yield* create("once", { at: DateTime.makeUnsafe(5 * minute) })
      }))
      yield* TestClock.setTime(10.5 * minute)
      yield* running(Effect.gen(function*() {
        const [schedule] = yield* until((schedules) => schedules.length === 1 && schedules[0]!.fired === 1)
        assert.deepInclude(schedule!, { name: "every minute", next: 11 * minute, failure: undefined })
        assert.strictEqual(yield* sent, 2)
      }))
      yield* running(Effect.gen(function*() {
        assert.strictEqual(yield* sent, 2)
        yield* TestClock.setTime(11 * minute)
        yield* fired("every minute", 2)
        assert.strictEqual(yield* sent, 3)
      }))
    }).pipe(Effect.scoped))

  it.effect("by a calendar keep their time zone in the file", () =>
    Effect.gen(function*() {
      const running = onFile(yield* newFile)
      const cron = Cron.parseUnsafe("0 9 * * *", "Europe/Berlin")
      yield* TestClock.setTime(Date.parse("2026-03-28T12:00:00Z"))
      yield* running(create("daily", { cron }))
      yield* running(Effect.gen(function*() {
        const [daily] = yield* Effect.flatMap(Scheduler, ({ list }) => list)
        const kept = (daily!.when as { readonly cron: Cron.Cron }).cron
        assert.isTrue(Cron.equals(kept, cron))
        assert.strictEqual(DateTime.zoneToString(Option.getOrThrow(kept.tz)), "Europe/Berlin")
        // Summer time begins that night: nine o'clock in Berlin is seven o'clock UTC, and not eight.
        assert.strictEqual(daily!.next, Date.parse("2026-03-29T07:00:00Z"))
        yield* TestClock.setTime(daily!.next!)
        const [next] = yield* fired("daily", 1)
        assert.strictEqual(next!.next, Date.parse("2026-03-30T07:00:00Z"))
        assert.strictEqual(yield* sent, 1)
      }))
    }).pipe(Effect.scoped))

  it.effect("at an instant whose command can't be sent are parked and listed with the reason, until created anew", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const running = onFile(filename)
      const without = onFile(filename, [Plugin.make("Shipping", { version: "2.0.0" }) as unknown as typeof Shipping])
      yield* running(create("once", { at: DateTime.makeUnsafe(minute) }))
      yield* TestClock.setTime(minute)
      const isParked = until(([once]) => once?.failure !== undefined)
      const [parked] = yield* without(isParked)
      assert.deepInclude(parked!, { name: "once", fired: 0, next: undefined })
      assert.include(parked!.failure, "No plugin of this platform takes 'Shipping.Ship'")
      yield* running(Effect.gen(function*() {
        yield* TestClock.setTime(hour)
        const [still] = yield* isParked
        assert.strictEqual(still!.next, undefined)
        assert.strictEqual(yield* sent, 0)
        yield* create("once", { at: DateTime.makeUnsafe(minute) })
        yield* until((schedules) => schedules.length === 0)
        assert.strictEqual(yield* sent, 1)
      }))
    }).pipe(Effect.scoped))

  it.effect("don't fire twice for an instant when the clock is set back, and fire once when it is set forward", () =>
    Effect.gen(function*() {
      const running = onFile(yield* newFile)
      const cron = Cron.parseUnsafe("0 * * * *", "UTC")
      yield* running(Effect.gen(function*() {
        yield* create("every", { every: "1 hour" })
        yield* create("cron", { cron })
        yield* TestClock.setTime(hour)
        yield* fired("every", 1)
        yield* fired("cron", 1)
        assert.strictEqual(yield* sent, 2)
      }))
      // Back by half an hour, and to the same instant again.
      yield* TestClock.setTime(0.5 * hour)
      yield* running(Effect.gen(function*() {
        assert.strictEqual(yield* sent, 2)
        yield* TestClock.setTime(1.5 * hour)
        const schedules = yield* until((schedules) => schedules.every(({ fired }) => fired === 1))
        assert.deepStrictEqual(schedules.map(({ next }) => next), [2 * hour, 2 * hour])
        assert.strictEqual(yield* sent, 2)
      }))
      // Forward over four firings at once: a clock that is moved while the worker sleeps comes by each of them.
      yield* TestClock.setTime(5.5 * hour)
      yield* running(Effect.gen(function*() {
        yield* fired("every", 2)
        yield* fired("cron", 2)
        assert.strictEqual(yield* sent, 4)
      }))
      yield* TestClock.setTime(3 * hour)
      yield* running(Effect.gen(function*() {
        yield* TestClock.setTime(5.9 * hour)
        assert.strictEqual(yield* sent, 4)
        const schedules = yield* until((schedules) => schedules.every(({ fired }) => fired === 2))
        assert.deepStrictEqual(schedules.map(({ next }) => next), [6 * hour, 6 * hour])
        yield* TestClock.setTime(6 * hour)
        yield* fired("every", 3)
        yield* fired("cron", 3)
        assert.strictEqual(yield* sent, 6)
      }))
    }).pipe(Effect.scoped))
})
