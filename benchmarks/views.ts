/** `pnpm bench views`: catching up, rebuilding, lag under load, and start-up, on a log of a million events. */
import { CommandBus } from "@reventless/core/CommandBus"
import { Operations } from "@reventless/core/Operations"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { execFileSync } from "node:child_process"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { CourseId, CourseSizes, name, Subscribe, subscription } from "./application/courses.ts"
import * as Application from "./application/platform.ts"
import { perBoundary } from "./contenders/event.ts"
import * as SqliteFile from "./contenders/sqliteFile.ts"
import * as Main from "./lib/main.ts"
import * as Options from "./lib/options.ts"
import { progress, readable, tidy } from "./lib/progress.ts"
import * as Report from "./lib/report.ts"
import * as Results from "./lib/results.ts"
import { median, quantile } from "./lib/statistics.ts"
import * as Temporary from "./lib/temporary.ts"

const contender = "reventless sqlite"
const view = `${name}.CourseSizes`

const obstacle =
  "each event takes one thread more than 10 µs: in a profile reading it and parsing its JSON was three tenths of the " +
  "time, decoding it and encoding its row by their schemas a sixth, writing rows a fifth"

const seconds = (start: number): number => (performance.now() - start) / 1000

/** Shows the view's lag now and then, until it is interrupted. */
const watching = Effect.gen(function*() {
  const operations = yield* Operations
  while (true) {
    yield* Effect.sleep("5 seconds")
    const [status] = yield* operations.views
    progress(`the view is ${status?.lagMillis === 0 ? "current" : "behind"}`)
  }
})

/** From an empty view to one that shows the whole log. */
const catchUp = Effect.fnUntraced(function*(filename: string, events: number) {
  const start = performance.now()
  return yield* Effect.provide(
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      const options = { after: Application.tokenOf(events), timeout: "20 minutes" } as const
      const row = yield* Effect.raceFirst(queries.get(CourseSizes, CourseId.make("fill-1"), options), watching)
      const rate = events / seconds(start)
      if (row._tag === "None" || row.value.taken !== perBoundary) {
        throw new Error(`the view counts ${JSON.stringify(row)}`)
      }
      return rate
    }),
    Application.layer(filename)
  )
})

const rebuild = Effect.gen(function*() {
  const operations = yield* Operations
  const start = performance.now()
  let said = start
  yield* Stream.runForEach(operations.rebuild(view), ({ done, fraction }) =>
    Effect.sync(() => {
      if (!done && performance.now() - said < 3000) return
      said = performance.now()
      progress(`rebuild: ${done ? "done" : `${readable(100 * (fraction ?? NaN))} %`}`)
    }))
  return seconds(start)
})

/** How long after its answer a command shows in the view, while others send as many as they can. */
const lag = Effect.fnUntraced(function*(senders: number, millis: number, lap: string) {
  const bus = yield* CommandBus
  const queries = yield* QueryEngine
  const start = performance.now()
  const send = Effect.fnUntraced(function*(sender: number) {
    let sent = 0
    while (performance.now() - start < millis) {
      yield* bus.send(Subscribe, subscription(`${lap}-${sender}-${Math.floor(sent / perBoundary)}`, `${sent}`))
      sent++
    }
    return sent
  })
  const times: Array<number> = []
  const sample = Effect.gen(function*() {
    for (let n = 0; performance.now() - start < millis; n++) {
      const course = `${lap}-probe-${n}`
      const { token } = yield* bus.send(Subscribe, subscription(course, `${n}`))
      const answered = performance.now()
      yield* queries.get(CourseSizes, CourseId.make(course), { after: token, timeout: "1 minute" })
      times.push(performance.now() - answered)
      yield* Effect.sleep(10)
    }
  })
  const sending = Effect.forEach(Array.from({ length: senders }, (_, n) => n), send, { concurrency: "unbounded" })
  const [counts] = yield* Effect.all([sending, sample], { concurrency: "unbounded" })
  return { rate: counts.reduce((a, b) => a + b, 0) / seconds(start), times }
})

/** Starts the application in a process of its own, several times. */
const startUp = (filename: string, times: number) => {
  const script = fileURLToPath(new URL("./application/startUp.ts", import.meta.url))
  const runs = Array.from({ length: times }, () => {
    const output = execFileSync(process.execPath, [script, filename], { stdio: ["ignore", "pipe", "inherit"] })
    return JSON.parse(output.toString()) as { readonly answered: number; readonly shown: number }
  })
  return { answered: median(runs.map((run) => run.answered)), shown: median(runs.map((run) => run.shown)) }
}

const measureFile = Effect.fnUntraced(
  function*(report: Report.Report, options: Options.Options, events: number, folder: string) {
    const filename = path.join(folder, `log-${events}.db`)
    const at = `${events.toLocaleString("en-US")} events`
    progress(`filling a log with ${at}`)
    yield* SqliteFile.make(filename, events, name)
    tidy()
    const rate = yield* catchUp(filename, events)
    report.figure({ metric: `catch-up at ${at}`, contender, value: rate, unit: "events/s" })
    progress(`catch-up: ${readable(rate)} events/s`)
    const { answered, shown } = startUp(filename, options.quick ? 2 : 5)
    report.figure({ metric: `start-up at ${at}: first query answered`, contender, value: answered, unit: "ms" })
    report.figure({ metric: `start-up at ${at}: first command shown`, contender, value: shown, unit: "ms" })
    progress(`start-up: query after ${readable(answered)} ms, command shown after ${readable(shown)} ms`)
    return { filename, at, shown }
  }
)

const program = Effect.scoped(Effect.gen(function*() {
  const options = Options.fromArguments(path.join(import.meta.dirname, "RESULTS.md"))
  const report = Report.make("views")
  report.note(
    `The view counts the students of each course: one row for ${perBoundary} events, which lie spread over the log. ` +
      "Start-up is measured from the start of the process, Node and the loading of modules included."
  )
  const folder = yield* Temporary.folder
  const small = yield* measureFile(report, options, options.small, folder)
  const large = yield* measureFile(report, options, options.large, folder)
  const startsUp = (claim: string, got: number) =>
    report.target({ claim, wanted: 1500, direction: "at most", unit: "ms", got })
  yield* Effect.provide(
    Effect.gen(function*() {
      const rate = options.large / (yield* rebuild)
      report.figure({ metric: `rebuild at ${large.at}`, contender, value: rate, unit: "events/s" })
      report.target({
        claim: `rebuild at ${large.at}`,
        wanted: 100_000,
        direction: "at least",
        unit: "events/s",
        got: rate,
        obstacle
      })
      for (const senders of [1, 16, 64]) {
        const { rate, times } = yield* lag(senders, options.millis * 3, `lag-${senders}`)
        const under = `under load, ${senders} ${senders === 1 ? "sender" : "senders"}`
        report.figure({ metric: `${under}: commands`, contender, value: rate, unit: "a second" })
        report.figure({ metric: `${under}: lag, median`, contender, value: median(times), unit: "ms" })
        report.figure({ metric: `${under}: lag, p99`, contender, value: quantile(times, 0.99), unit: "ms" })
        progress(`${under}: ${readable(rate)} commands/s, lag ${readable(median(times))} ms`)
      }
    }),
    Application.layer(large.filename)
  )
  startsUp(`start-up at ${small.at}`, small.shown)
  startsUp(`start-up at ${large.at}`, large.shown)
  if (options.out !== undefined) Results.write(options.out, report, options)
  progress("done")
}))

Main.run(program)
