/** Views: every event is applied exactly once, however it is delivered and whatever ends in between. */
import type * as Checkpoint from "@reventless/core/Checkpoint"
import type { SequencedEvent } from "@reventless/core/EventStore"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import * as ReactionPipeline from "@reventless/core/ReactionPipeline"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { equal, isTrue } from "../conformance/Check.ts"
import { range, together } from "../conformance/Fixture.ts"
import { everyRow } from "../internal/everyRow.ts"
import { type AnyCheck, chapter } from "./Check.ts"
import {
  accounts,
  anyCommand,
  bankRuntime,
  closeAccount,
  deposit,
  log,
  openAccount,
  pause,
  rowsFollowFromTheLog,
  type Running,
  seeded,
  someCommands,
  startBank,
  transfer
} from "./Fixture.ts"
import * as Model from "./Model.ts"

const check = chapter("views")

/** Events as they are delivered, and the checkpoint after them. */
interface Delivered {
  readonly events: ReadonlyArray<SequencedEvent>
  readonly checkpoint: Checkpoint.Checkpoint
}

/** The views of the bank: one whose rows are guarded by the versions of their lanes, and one whose rows have none. */
const names = ["Balances", "Totals"] as const

const behaviorOf = ({ plugin }: Pick<PluginRuntime, "plugin">, name: string) =>
  plugin.views.find((view) => view.name === name)!

/** Random commands, and what each of them adds to the subscription of a view. The platform has ended then. */
const aHistory = Effect.fnUntraced(function*(view: string, commands: number) {
  const running = yield* startBank()
  const { events, plugin } = running.runtimes[0]!
  const { lane } = behaviorOf({ plugin }, view).definition.spec
  const history: Array<Delivered> = []
  for (let done = 0; done < commands; done++) {
    yield* anyCommand(running)
    const checkpoint = history.at(-1)?.checkpoint
    const [batch] = yield* Stream.runCollect(Stream.take(events.subscribe({ lane, checkpoint }), 1))
    if (batch!.events.length > 0) history.push(batch!)
  }
  yield* running.stop
  return history
})

const merged = (parts: ReadonlyArray<Delivered>): Delivered => ({
  events: parts.flatMap(({ events }) => events),
  checkpoint: parts.at(-1)!.checkpoint
})

/** The history in batches of random sizes; each may begin with what came before, as a redelivery does. */
const split = Effect.fnUntraced(function*(history: ReadonlyArray<Delivered>) {
  const batches: Array<Delivered> = []
  for (let from = 0; from < history.length;) {
    const to = from + (yield* Random.nextIntBetween(1, 8))
    const again = yield* Random.nextIntBetween(0, from)
    batches.push(merged(history.slice(again, to)))
    from = to
  }
  return batches
})

/** A new generation of a view, without rows. */
const newGeneration = Effect.fnUntraced(function*(runtime: PluginRuntime, view: string) {
  const { generation } = yield* runtime.rows.build(view, behaviorOf(runtime, view).definition.spec.fingerprint)
  return {
    pipeline: (on: PluginRuntime) => ReactionPipeline.of(on, behaviorOf(on, view), generation),
    rows: Effect.map(
      runtime.rows.list(view, generation, everyRow),
      (found) => found.map(({ row }) => row.row)
    )
  }
})

const expectedRows = Effect.fnUntraced(function*(runtime: PluginRuntime, view: "Balances" | "Totals") {
  const expected = Model.rowsAfter(yield* log({ runtimes: [runtime] }))
  return view === "Balances" ? expected.balances : expected.totals
})

/** A claim about each of the views, with a history of it. */
const forEachView = <E, R>(
  commands: number,
  claim: (view: (typeof names)[number], history: ReadonlyArray<Delivered>) => Effect.Effect<void, E, R>
) =>
  seeded(Effect.forEach(names, (view) => Effect.flatMap(aHistory(view, commands), (history) => claim(view, history)), {
    discard: true
  }))

/** Interrupts the effect after so many turns; whether it had come to its end by then. */
const interruptedAfter = Effect.fnUntraced(function*<A, E, R>(turns: number, effect: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
  for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow
  if (fiber.pollUnsafe() === undefined) {
    yield* Fiber.interrupt(fiber)
    return false
  }
  yield* Fiber.join(fiber)
  return true
})

/** Opens every account that the random commands know. */
const openAll = (running: Running) =>
  Effect.forEach(accounts, (account) => Effect.ignore(openAccount(running, account)), { discard: true })

export const views: ReadonlyArray<AnyCheck> = [
  check(
    "a view is the same in every batch split, with every batch delivered again",
    forEachView(
      40,
      Effect.fnUntraced(function*(view, history) {
        const runtime = yield* bankRuntime()
        const expected = yield* expectedRows(runtime, view)
        for (const turn of range(5)) {
          const generation = yield* newGeneration(runtime, view)
          const pipeline = generation.pipeline(runtime)
          for (const { checkpoint, events } of yield* split(history)) {
            yield* pipeline.react(events, checkpoint)
            yield* pipeline.react(events, checkpoint)
          }
          yield* equal(yield* generation.rows, expected, `the rows of ${view} in split ${turn}`)
        }
      })
    )
  ),
  check(
    "three that feed one view at once apply every event once",
    forEachView(
      40,
      Effect.fnUntraced(function*(view, history) {
        const runtimes = [yield* bankRuntime(), yield* bankRuntime(), yield* bankRuntime()]
        const expected = yield* expectedRows(runtimes[0]!, view)
        const generation = yield* newGeneration(runtimes[0]!, view)
        yield* together(runtimes.map(Effect.fnUntraced(function*(runtime) {
          const pipeline = generation.pipeline(runtime)
          for (const { checkpoint, events } of yield* split(history)) {
            yield* pause(3)
            yield* pipeline.react(events, checkpoint)
          }
        })))
        yield* equal(yield* generation.rows, expected, `the rows of ${view}`)
      })
    )
  ),
  check(
    "a delivery that is interrupted at any of its turns, and comes again, is applied once",
    forEachView(
      25,
      Effect.fnUntraced(function*(view, history) {
        const runtime = yield* bankRuntime()
        const expected = yield* expectedRows(runtime, view)
        const generation = yield* newGeneration(runtime, view)
        for (const { checkpoint, events } of history) {
          for (let turns = 0; turns < 100; turns++) {
            // A new pipeline knows what is stored and nothing else, as after a restart.
            if (yield* interruptedAfter(turns, generation.pipeline(runtime).react(events, checkpoint))) break
          }
        }
        yield* equal(yield* generation.rows, expected, `the rows of ${view}`)
      })
    )
  ),
  check(
    "an event that two rows depend on changes each of them once",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* openAccount(running, "b")
      yield* deposit(running, "a", 9)
      yield* transfer(running, "a", "b", 4)
      const { token } = yield* transfer(running, "b", "a", 1)
      yield* rowsFollowFromTheLog(running, token)
    })
  ),
  check(
    "a row that was removed leaves a tombstone with the version that removed it, and is in no list",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* openAccount(running, "b")
      const { token } = yield* closeAccount(running, "a")
      yield* rowsFollowFromTheLog(running, token)
      const { rows } = running.runtimes[0]!
      const { generation } = (yield* rows.active("Balances"))!
      const [tombstone] = yield* rows.load("Balances", generation, [{ key: "a", sort: "" }])
      yield* isTrue(tombstone !== undefined && tombstone.row === undefined, "there is a tombstone")
      const closed = (yield* log(running)).find(({ type }) => type === "Closed")!
      yield* equal(tombstone!.version, closed.position, "the tombstone's version")
      const reopened = yield* openAccount(running, "a", "bob")
      yield* rowsFollowFromTheLog(running, reopened.token)
    })
  ),
  check(
    "a platform that ends at any moment, again and again, loses no event and applies none twice",
    seeded(Effect.gen(function*() {
      for (const _ of range(12)) {
        const running = yield* startBank()
        yield* openAll(running)
        const working = yield* Effect.forkScoped(
          together(range(4).map(() => Effect.forever(anyCommand(running))))
        )
        yield* pause(80)
        yield* running.stop
        yield* Fiber.interrupt(working)
      }
      const running = yield* startBank()
      const token = yield* someCommands(running, 10)
      yield* rowsFollowFromTheLog(running, token)
    }))
  )
]
