/** Reads of boundaries of 10 events that lie spread over a small log and a large one, and of the whole small log. */
import * as Effect from "effect/Effect"
import type { Contender } from "../contenders/contender.ts"
import { filledCourse, perBoundary } from "../contenders/event.ts"
import { memoryName, sqliteName } from "../contenders/reventless.ts"
import { progress, readable, tidy } from "../lib/progress.ts"
import * as Rounds from "../lib/rounds.ts"
import { median, quantile, random } from "../lib/statistics.ts"
import * as Comparison from "./comparison.ts"
import { type Context, openAll, type Opened } from "./context.ts"

interface Latency {
  readonly median: number
  readonly p99: number
}

const readsPerRound = 500

const courses = (size: number, lap: string): ReadonlyArray<string> => {
  const next = random([...lap].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) | 0, 7))
  return Array.from({ length: readsPerRound }, () => filledCourse(size, Math.floor(next() * size)))
}

const label = (size: number) => `boundary read of ${perBoundary} events at ${size.toLocaleString("en-US")}`

/** Reads of each contender in turn, on the small log and on the large one. */
const measure = Effect.fnUntraced(function*(
  context: Context,
  sizes: ReadonlyArray<{ readonly size: number; readonly opened: ReadonlyArray<Opened> }>
) {
  const { options } = context
  const turns = sizes.flatMap(({ opened, size }) =>
    opened.map(({ name, store }) => ({ name: `${name} at ${size}`, size, store }))
  )
  return yield* Rounds.interleaved({
    label: `boundary read of ${perBoundary} events`,
    rounds: options.rounds,
    contenders: turns,
    measure: ({ size, store }, lap) =>
      Effect.map(
        store.readBoundaries!(courses(size, lap), perBoundary, options.millis),
        (times): Latency => ({ median: median(times), p99: quantile(times, 0.99) })
      ),
    show: (latency) => `${readable(latency.median)} ms, p99 ${readable(latency.p99)} ms`
  })
})

const readAll = Effect.fnUntraced(function*(context: Context, opened: ReadonlyArray<Opened>) {
  const { options } = context
  return yield* Rounds.interleaved({
    label: "read all",
    rounds: Math.min(3, options.rounds),
    warmUp: false,
    contenders: opened.filter(({ store }) => store.readAll !== undefined),
    measure: ({ name, store }) =>
      Effect.gen(function*() {
        const start = performance.now()
        const events = yield* store.readAll!
        if (events !== options.small) throw new Error(`${name} read ${events} of ${options.small} events`)
        return events / ((performance.now() - start) / 1000)
      }),
    show: (rate) => `${readable(rate)} events/s`
  })
})

const fill = Effect.fnUntraced(function*(contenders: ReadonlyArray<Contender>, size: number) {
  const fitting = contenders.filter(({ kind, largest }) => kind !== "limit" && size <= (largest ?? Infinity))
  for (const { name } of fitting) progress(`filling ${name} with ${size.toLocaleString("en-US")} events`)
  return { size, opened: yield* openAll(fitting, size) }
})

/** Stores that share the heap are measured one after the other, and those on the disk side by side. */
const groupsOf = (contenders: ReadonlyArray<Contender>): ReadonlyArray<ReadonlyArray<Contender>> => [
  contenders.filter(({ durability }) => durability === "synced"),
  ...contenders.filter(({ durability }) => durability === "memory").map((one) => [one])
]

/** Measured alone, without the logs of other stores beside it, on the machine of the results. */
const obstacles: Readonly<Record<string, string>> = {
  [sqliteName]:
    "measured alone, 0.13 ms and 1.1 times; a page cache of 256 MB or a mapped file changes nothing. Here the other " +
    "stores take turns with it; why that costs so much wasn't profiled",
  [memoryName]: "not profiled; the events of a boundary lie far apart in 1 GB of memory"
}

export const run = Effect.fnUntraced(function*(context: Context) {
  const { contenders, options, report } = context
  const latencies = new Map<string, ReadonlyArray<Latency>>()
  const whole = new Map<string, ReadonlyArray<number>>()
  for (const group of groupsOf(contenders)) {
    yield* Effect.scoped(Effect.gen(function*() {
      const small = yield* fill(group, options.small)
      for (const [name, rates] of yield* readAll(context, small.opened)) whole.set(name, rates)
      const large = yield* fill(group, options.large)
      for (const [name, measured] of yield* measure(context, [small, large])) latencies.set(name, measured)
    }))
    tidy()
  }
  const at = (size: number, value: (latency: Latency) => number): Comparison.Values =>
    new Map(contenders.flatMap(({ name }) => {
      const measured = latencies.get(`${name} at ${size}`)
      return measured === undefined ? [] : [[name, measured.map(value)] as const]
    }))
  for (const size of [options.small, options.large]) {
    for (const [name, value] of [["median", (l: Latency) => l.median], ["p99", (l: Latency) => l.p99]] as const) {
      const metric = `${label(size)}: ${name}`
      Comparison.report(report, contenders, at(size, value), { metric, unit: "ms", better: "lower" })
    }
  }
  const metric = `read all of ${options.small.toLocaleString("en-US")} events`
  Comparison.report(report, contenders, whole, { metric, unit: "events/s", better: "higher" })
  for (const name of [sqliteName, memoryName]) {
    const obstacle = obstacles[name]!
    const small = median(at(options.small, (l) => l.median).get(name) ?? [])
    const large = median(at(options.large, (l) => l.median).get(name) ?? [])
    const log = options.large.toLocaleString("en-US")
    report.target({
      claim: `${name}: boundary read at ${log}, of that at ${options.small.toLocaleString("en-US")}`,
      wanted: 1.2,
      direction: "at most",
      unit: "times",
      got: large / small,
      obstacle
    })
    report.target({
      claim: `${name}: boundary read at ${log}, median`,
      wanted: 0.2,
      direction: "at most",
      unit: "ms",
      got: large,
      obstacle
    })
  }
})
