/** One writer appends event after event without a condition. */
import * as Effect from "effect/Effect"
import * as BareSqlite from "../contenders/bareSqlite.ts"
import { memoryName, sqliteName } from "../contenders/reventless.ts"
import { progress, readable } from "../lib/progress.ts"
import { ratio } from "../lib/report.ts"
import * as Rounds from "../lib/rounds.ts"
import { median } from "../lib/statistics.ts"
import * as Comparison from "./comparison.ts"
import { type Context, openAll } from "./context.ts"

const metric = "append, 1 writer"

/** Measures all contenders; gives the values, which other workloads compare with. */
export const run = Effect.fnUntraced(function*({ contenders, options, report }: Context) {
  const opened = yield* openAll(contenders, 0)
  const values = yield* Rounds.interleaved({
    label: metric,
    rounds: options.rounds,
    contenders: opened,
    measure: ({ store }, lap) => store.append(options.millis, lap),
    show: (rate) => `${readable(rate)} events/s`
  })
  Comparison.report(report, contenders, values, { metric, unit: "events/s", better: "higher" })
  report.target({
    claim: "one writer appends, of the bare loop",
    wanted: 0.7,
    direction: "at least",
    unit: "times",
    got: ratio(values.get(sqliteName), values.get(BareSqlite.single.name)),
    obstacle:
      "beside its commit, an append costs a turn of the event loop, in which others join, and a look at the head"
  })
  report.target({
    claim: "one writer appends, of the best peer",
    wanted: 3,
    direction: "at least",
    unit: "times",
    got: Comparison.overBestPeer(contenders, values, sqliteName),
    ...Comparison.withoutPeers(contenders)
  })
  return values
}, Effect.scoped)

/** The memory store from an empty log to a long one. */
export const growth = Effect.fnUntraced(function*({ contenders, options, report }: Context) {
  const memory = contenders.find(({ name }) => name === memoryName)
  if (memory === undefined) return
  const store = yield* memory.open(0)
  const laps: Array<{ readonly rate: number; readonly from: number }> = []
  let total = 0
  while (total < options.large) {
    const start = performance.now()
    const rate = yield* store.append(Math.max(1, options.large / 10_000), `growth-${laps.length}`)
    laps.push({ rate, from: total })
    total += Math.round((rate * (performance.now() - start)) / 1000)
    if (laps.length % 20 === 0) progress(`memory: ${readable(total)} events, ${readable(rate)} events/s`)
  }
  // The first lap compiles the code.
  const warm = laps.slice(1)
  const early = median(warm.filter(({ from }) => from < options.large * 0.2).map(({ rate }) => rate))
  const late = median(warm.filter(({ from }) => from >= options.large * 0.8).map(({ rate }) => rate))
  const log = options.large.toLocaleString("en-US")
  report.figure({ metric: `append, memory, empty log`, contender: memoryName, value: early, unit: "events/s" })
  report.figure({ metric: `append, memory, ${log} events`, contender: memoryName, value: late, unit: "events/s" })
  report.target({
    claim: "memory appends",
    wanted: 100_000,
    direction: "at least",
    unit: "events/s",
    got: early
  })
  report.target({
    claim: `memory at ${log} events, of its rate at the beginning`,
    wanted: 0.9,
    direction: "at least",
    unit: "times",
    got: late / early,
    obstacle:
      "the index takes some 150 bytes an event, the event itself 970: the garbage collector marks the events that are kept, " +
      "and one such turn falls into the last fifth"
  })
}, Effect.scoped)
