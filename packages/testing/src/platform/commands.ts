/** Commands: remembered by their ids, and decided on what is true when they are written. */
import * as Metrics from "@reventless/core/Metrics"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { equal, isTrue } from "../conformance/Check.ts"
import { range, together } from "../conformance/Fixture.ts"
import { type AnyCheck, chapter, refusedWith } from "./Check.ts"
import {
  anyCommand,
  deposit,
  log,
  openAccount,
  pause,
  rowsFollowFromTheLog,
  type Running,
  seeded,
  startBank,
  transfer,
  withdraw
} from "./Fixture.ts"
import * as Model from "./Model.ts"

const ids = chapter("command ids")
const deciding = chapter("deciding")

const types = (running: Running) => Effect.map(log(running), (events) => events.map(({ type }) => type))

const commandIds: ReadonlyArray<AnyCheck> = [
  ids(
    "a command id that comes again gives the first result and writes nothing",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      const first = yield* deposit(running, "a", 5, { commandId: "one" })
      yield* withdraw(running, "a", 5)
      const again = yield* deposit(running, "a", 5, { commandId: "one" })
      yield* equal({ ...again }, { ...first }, "the second result")
      yield* equal(yield* types(running), ["Opened", "Deposited", "Withdrawn"], "the log")
    })
  ),
  ids(
    "a command id that comes again with another payload, or another command, is refused and writes nothing",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* deposit(running, "a", 5, { commandId: "one" })
      yield* refusedWith(deposit(running, "a", 6, { commandId: "one" }), "CommandIdReused", "another payload")
      yield* refusedWith(withdraw(running, "a", 5, { commandId: "one" }), "CommandIdReused", "another command")
      yield* equal(yield* types(running), ["Opened", "Deposited"], "the log")
    })
  ),
  ids(
    "of many with one command id at once, on two platforms, one is decided and all get its result",
    Effect.gen(function*() {
      const platforms = [yield* startBank(), yield* startBank()]
      yield* openAccount(platforms[0]!, "a")
      yield* openAccount(platforms[0]!, "b")
      yield* deposit(platforms[0]!, "a", 100)
      for (const round of range(4)) {
        const results = yield* together(
          range(10).map((index) => transfer(platforms[index % 2]!, "a", "b", 1, { commandId: `round ${round}` }))
        )
        const [first] = results
        for (const result of results) yield* equal({ ...result }, { ...first! }, "a result")
      }
      const moves = (yield* types(platforms[0]!)).filter((type) => type === "Moved")
      yield* equal(moves.length, 4, "moves in the log")
    })
  ),
  ids(
    "a command that was refused, or had nothing to do, leaves no trace and is decided anew",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* refusedWith(withdraw(running, "a", 5, { commandId: "one" }), "Overdrawn", "the first time")
      yield* equal((yield* deposit(running, "a", 0, { commandId: "two" })).eventCount, 0, "events of nothing to do")
      yield* deposit(running, "a", 5)
      yield* equal((yield* withdraw(running, "a", 5, { commandId: "one" })).eventCount, 1, "events the second time")
      yield* equal((yield* deposit(running, "a", 4, { commandId: "two" })).eventCount, 1, "events of another payload")
    })
  )
]

const decisions: ReadonlyArray<AnyCheck> = [
  deciding(
    "a decision never rests on a state that another platform has changed",
    Effect.gen(function*() {
      const [here, there] = [yield* startBank(), yield* startBank()]
      yield* openAccount(here, "a")
      yield* deposit(here, "a", 10)
      yield* withdraw(there, "a", 10)
      yield* refusedWith(withdraw(here, "a", 10), "Overdrawn", "what another platform has taken")
      yield* refusedWith(transfer(there, "a", "b", 1), "AccountUnknown", "an account that isn't there yet")
      yield* openAccount(here, "b")
      yield* deposit(here, "a", 1)
      yield* equal((yield* transfer(there, "a", "b", 1)).eventCount, 1, "events of the transfer")
    })
  ),
  deciding(
    "a refusal never rests on a state that another platform has changed",
    Effect.gen(function*() {
      const [here, there] = [yield* startBank(), yield* startBank()]
      yield* openAccount(here, "a")
      yield* refusedWith(withdraw(here, "a", 10), "Overdrawn", "an empty account")
      yield* deposit(there, "a", 10)
      yield* equal((yield* withdraw(here, "a", 10)).eventCount, 1, "events of the withdrawal")
    })
  ),
  deciding(
    "commands for one account at once are each decided on what the others did",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* deposit(running, "a", 10)
      const results = yield* together(range(30).map(() => Effect.result(withdraw(running, "a", 1))))
      yield* equal(results.filter(({ _tag }) => _tag === "Success").length, 10, "withdrawals that were accepted")
      yield* equal((yield* types(running)).length, 12, "events in the log")
    })
  ),
  deciding(
    "of transfers that race on two platforms none overdraws an account, and no money is lost or made",
    seeded(Effect.gen(function*() {
      const platforms = [yield* startBank(), yield* startBank()]
      for (const name of ["a", "b", "c"]) {
        yield* openAccount(platforms[0]!, name)
        yield* deposit(platforms[0]!, name, 10)
      }
      yield* together(
        range(30).map((index) =>
          Effect.andThen(
            pause(5),
            transfer(platforms[index % 2]!, "a", index % 4 < 2 ? "b" : "c", 1 + index % 3).pipe(
              Effect.catchTag("Overdrawn", () => Effect.void)
            )
          )
        )
      )
      const events = yield* log(platforms[0]!)
      for (const [index, { position }] of events.entries()) {
        const { balances } = Model.rowsAfter(events.slice(0, index + 1))
        yield* isTrue(balances.every(({ balance }) => balance >= 0), `nobody is overdrawn at ${position}`)
      }
      const sum = Model.rowsAfter(events).balances.reduce((sum, { balance }) => sum + balance, 0)
      yield* equal(sum, 30, "the money there is")
    }))
  ),
  deciding(
    "a decision that met a conflict is counted, and decided again",
    Effect.gen(function*() {
      const [here, there] = [yield* startBank(), yield* startBank()]
      yield* openAccount(here, "a")
      yield* deposit(there, "a", 3)
      yield* withdraw(here, "a", 3)
      const count = (metric: typeof Metrics.conflicts) => Effect.map(Metric.value(metric), ({ count }) => count)
      yield* equal(yield* count(Metrics.conflicts), 1, "conflicts")
      yield* equal(yield* count(Metrics.retries), 1, "decisions that were made again")
      yield* equal(yield* count(Metrics.contended), 0, "commands that gave up")
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  ),
  deciding(
    "random commands on two platforms leave rows that follow from the log",
    seeded(Effect.gen(function*() {
      const platforms = [yield* startBank(), yield* startBank()]
      yield* together(
        range(8).map((index) => Effect.forEach(range(12), () => anyCommand(platforms[index % 2]!), { discard: true }))
      )
      const { token } = yield* openAccount(platforms[0]!, "last")
      for (const running of platforms) yield* rowsFollowFromTheLog(running, token)
    }))
  )
]

export const commands: ReadonlyArray<AnyCheck> = [...commandIds, ...decisions]
