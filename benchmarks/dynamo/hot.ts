/** Many writers on one boundary: in one process through the store and through the command bus, and in four processes. */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import * as readline from "node:readline"
import { fileURLToPath } from "node:url"
import * as CommandBusStore from "../contenders/commandBus.ts"
import type { Outcome } from "../contenders/contender.ts"
import * as Ours from "../contenders/ours.ts"
import type { Options } from "../lib/options.ts"
import { readable } from "../lib/progress.ts"
import type { Report, Target } from "../lib/report.ts"
import * as Rounds from "../lib/rounds.ts"
import { median } from "../lib/statistics.ts"
import { rate } from "../workloads/disjoint.ts"
import { shares, wasted } from "../workloads/hot.ts"
import { openBus } from "./application.ts"
import { type Connection, newTable, openStore } from "./connection.ts"

const writers = 16
const processes = 4
/** How many times longer than another measurement: with few commands for each writer, fairness would be that of rounding. */
const longer = 3

interface Turn {
  readonly name: string
  readonly run: (millis: number, lap: string) => Effect.Effect<Outcome>
}

const throughStore = "reventless dynamodb, store"
const throughBus = "reventless dynamodb, command bus"
const between = `command bus, ${processes} processes of ${writers / processes} writers`

const load = (millis: number, lap: string) => ({ writers, millis, course: () => lap, remember: true, lap })

const competitor = fileURLToPath(new URL("./competitor.ts", import.meta.url))

/** One process: resolves when it is ready, with what lets it begin and answers its outcome. */
const start = async (task: unknown) => {
  const child = spawn(process.execPath, [competitor, JSON.stringify(task)], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = readline.createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async () => {
    const { done, value } = await lines.next()
    if (done === true) throw new Error("a process of the benchmark ended early")
    return value as string
  }
  await next()
  return async () => {
    child.stdin.end("go\n")
    // What the process logs comes the same way.
    let line = await next()
    for (; !line.startsWith("{"); line = await next()) console.error(line)
    return JSON.parse(line) as Outcome
  }
}

const inProcesses = ({ config }: Connection, table: string): Turn["run"] => (millis, lap) =>
  Effect.promise(async () => {
    const numbers = Array.from({ length: processes }, (_, process) => process)
    const begin = await Promise.all(
      numbers.map((process) => start({ config, table, lap, millis, writers: writers / processes, process }))
    )
    const outcomes = await Promise.all(begin.map((one) => one()))
    return {
      tallies: outcomes.flatMap(({ tallies }) => tallies),
      seconds: Math.max(...outcomes.map(({ seconds }) => seconds))
    }
  })

export const measure = Effect.fnUntraced(function*(connection: Connection, options: Options, report: Report) {
  const store = Ours.drive(yield* openStore(connection, yield* newTable(connection)))
  const table = yield* newTable(connection)
  const bus = yield* openBus(connection.send, table)
  const turns: ReadonlyArray<Turn> = [
    { name: throughStore, run: (millis, lap) => store.compete!(load(millis, lap)) },
    { name: throughBus, run: (millis, lap) => Effect.orDie(CommandBusStore.compete(bus, load(millis, lap))) },
    { name: between, run: inProcesses(connection, table) }
  ]
  const label = `one hot boundary, ${writers} writers`
  const rounds = yield* Rounds.interleaved({
    label,
    rounds: options.rounds,
    contenders: turns,
    measure: ({ run }, lap) => run(longer * options.millis, lap),
    show: (outcome) =>
      `${readable(rate(outcome))} successes/s, ${readable(wasted(outcome))} % wasted, fairness ${
        readable(shares(outcome))
      }`
  })
  const figures = (value: (outcome: Outcome) => number, name: string, unit: string) => {
    for (const [contender, outcomes] of rounds) {
      report.figure({ metric: `${label}: ${name}`, contender, value: median(outcomes.map(value)), unit })
    }
    return median((rounds.get(throughBus) ?? []).map(value))
  }
  figures(rate, "successes", "events/s")
  const target = (target: Omit<Target, "remark">) =>
    report.target({ ...target, remark: "through the command bus, in one process" })
  target({
    claim: "hot boundary, wasted attempts",
    wanted: 15,
    direction: "at most",
    unit: "%",
    got: figures(wasted, "wasted attempts", "%")
  })
  target({
    claim: "hot boundary, fairness",
    wanted: 0.95,
    direction: "at least",
    unit: "",
    got: figures(shares, "Jain's fairness", "")
  })
  report.note(
    "On a hot boundary the bare store has every writer try at once, so all but one of those who try together lose. The " +
      "command bus lets commands of one boundary wait for each other within a process, and the targets are about it. " +
      "Between processes nothing waits: there the share is that of optimistic locking."
  )
}, Effect.scoped)
