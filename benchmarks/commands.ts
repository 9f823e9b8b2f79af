/** `pnpm bench commands`: what the command pipeline costs beside the append that it ends in, and when a view shows it. */
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as path from "node:path"
import { CourseId, CourseSizes, Subscribe, subscription } from "./application/courses.ts"
import * as Application from "./application/platform.ts"
import { perBoundary } from "./contenders/event.ts"
import * as Reventless from "./contenders/reventless.ts"
import * as Main from "./lib/main.ts"
import * as Options from "./lib/options.ts"
import { progress, readable } from "./lib/progress.ts"
import * as Report from "./lib/report.ts"
import * as Results from "./lib/results.ts"
import * as Rounds from "./lib/rounds.ts"
import * as Senders from "./lib/senders.ts"
import { median, quantile } from "./lib/statistics.ts"
import * as Temporary from "./lib/temporary.ts"

interface Turn {
  readonly name: string
  readonly run: (millis: number, lap: string) => Effect.Effect<Senders.Measured>
}

const courseOf = (lap: string, writer: number, count: number) => `${lap}-${writer}-${Math.floor(count / perBoundary)}`

/** So many senders, each sending one command after another. */
const senders = (
  count: number,
  act: (course: string, student: string) => Effect.Effect<unknown, unknown>
): Turn["run"] =>
(millis, lap) =>
  Senders.run(count, millis, (writer, turn) => act(courseOf(lap, writer, turn), `${lap}-${writer}-${turn}`))

const open = Effect.fnUntraced(function*(views: boolean) {
  const filename = path.join(yield* Temporary.folder, "log.db")
  const context = yield* Effect.orDie(Layer.build(Application.layer(filename, { views })))
  return { bus: Context.get(context, CommandBus), queries: Context.get(context, QueryEngine) }
})

const raw = "append"
const send = "CommandBus.send"
const viewed = "CommandBus.send, beside a view"
const shown = "CommandBus.send until the view shows it"

/** Appends, commands, and commands that wait for a view, each on a file of its own. */
const turns = Effect.fnUntraced(function*(count: number) {
  const store = yield* Reventless.openSqlite
  const alone = yield* open(false)
  const { bus, queries } = yield* open(true)
  const list: ReadonlyArray<Turn> = [
    { name: raw, run: senders(count, (course, student) => Reventless.appendOne(store, course, student)) },
    {
      name: send,
      run: senders(count, (course, student) => alone.bus.send(Subscribe, subscription(course, student)))
    },
    { name: viewed, run: senders(count, (course, student) => bus.send(Subscribe, subscription(course, student))) },
    {
      name: shown,
      run: senders(count, (course, student) =>
        Effect.flatMap(
          bus.send(Subscribe, subscription(course, student)),
          ({ token }) => queries.get(CourseSizes, CourseId.make(course), { after: token })
        ))
    }
  ]
  return list
})

const measure = Effect.fnUntraced(function*(report: Report.Report, options: Options.Options, count: number) {
  const label = count === 1 ? "1 sender" : `${count} senders`
  const rounds = yield* Rounds.interleaved({
    label,
    rounds: options.rounds,
    contenders: yield* turns(count),
    measure: ({ run }, lap) => run(options.millis, lap),
    show: ({ rate, times }) =>
      `${readable(rate)} a second, ${readable(median(times))} ms, p99 ${readable(quantile(times, 0.99))} ms`
  })
  const of = (name: string) => rounds.get(name) ?? []
  const rates = (name: string) => of(name).map(({ rate }) => rate)
  for (const contender of rounds.keys()) {
    const ratio = contender === raw ? undefined : Report.ratio(rates(contender), rates(raw))
    report.figure({
      metric: `${label}: rate`,
      contender,
      value: median(rates(contender)),
      unit: "a second",
      ...(ratio === undefined ? {} : { ratio })
    })
  }
  for (const [name, p] of [["median", 0.5], ["p99", 0.99]] as const) {
    for (const contender of rounds.keys()) {
      const value = median(of(contender).map(({ times }) => quantile(times, p)))
      report.figure({ metric: `${label}: ${name} latency`, contender, value, unit: "ms" })
    }
  }
  report.target({
    claim: `send to the acknowledged append, ${label}, of the raw append's time`,
    wanted: 2,
    direction: "at most",
    unit: "times",
    got: Report.ratio(rates(raw), rates(send)),
    obstacle:
      "appends that wait together share a commit, so what is left is computing, 55 to 60 µs a command on a quiet core: it " +
      "is checked, named, locked, decided, encoded, traced and counted, and no part of it is a tenth of a profile"
  })
}, Effect.scoped)

const program = Effect.gen(function*() {
  const options = Options.fromArguments(path.join(import.meta.dirname, "RESULTS.md"))
  const report = Report.make("commands")
  report.note(
    "Ratios here are of the raw append's rate. A command decides on the events of its course, at most 10, from a state " +
      "that is remembered after the first; the append is unconditional. SQLite syncs at each commit."
  )
  for (const count of [1, 16, 64]) yield* measure(report, options, count)
  if (options.out !== undefined) Results.write(options.out, report, options)
  progress("done")
})

Main.run(program)
