/** Writers on boundaries of their own: each reads its boundary (at most 10 events), and appends on its condition. */
import * as Effect from "effect/Effect"
import * as BareSqlite from "../contenders/bareSqlite.ts"
import type { Outcome } from "../contenders/contender.ts"
import { perBoundary } from "../contenders/event.ts"
import { sqliteName } from "../contenders/reventless.ts"
import { readable } from "../lib/progress.ts"
import { ratio, type Target } from "../lib/report.ts"
import * as Rounds from "../lib/rounds.ts"
import { sum } from "../lib/statistics.ts"
import * as Comparison from "./comparison.ts"
import { type Context, openAll } from "./context.ts"

export const rate = ({ seconds, tallies }: Outcome): number => sum(tallies.map(({ successes }) => successes)) / seconds

/** By how many writers: shares of a CPU profile of that workload. The loop that it is compared with reads and checks nothing. */
const obstacles: Readonly<Record<number, string>> = {
  1: "in a profile two thirds of the time were the commit, a tenth the reading of the boundary",
  64: "in a profile 31 % of the time were commits, 26 % the reading of boundaries, 11 % the inserting of rows"
}

const goals: Readonly<Record<number, { readonly limit: number; readonly peer: number }>> = {
  1: { limit: 0.7, peer: 3 },
  64: { limit: 0.35, peer: 8 }
}

export const run = Effect.fnUntraced(function*({ contenders, options, report }: Context, writers: number) {
  const limit = writers === 1 ? BareSqlite.single : BareSqlite.grouped
  const opened = (yield* openAll(contenders, 0)).filter(({ name, store }) =>
    store.compete !== undefined || name === limit.name
  )
  const metric = `read and append on condition, ${writers} ${
    writers === 1 ? "writer" : "writers on disjoint boundaries"
  }`
  const values = yield* Rounds.interleaved({
    label: metric,
    rounds: options.rounds,
    contenders: opened,
    measure: ({ store }, lap) => {
      const millis = options.millis
      if (store.compete === undefined) return store.append(millis, lap)
      const course = (writer: number, successes: number) => `${lap}-${writer}-${Math.floor(successes / perBoundary)}`
      return Effect.map(store.compete({ writers, millis, course, remember: false, lap }), rate)
    },
    show: (rate) => `${readable(rate)} events/s`
  })
  Comparison.report(report, contenders, values, { metric, unit: "events/s", better: "higher" })
  const goal = goals[writers]
  if (goal === undefined) return
  const target = (claim: string, wanted: number, got: number | undefined, more?: Pick<Target, "remark" | "obstacle">) =>
    report.target({ claim, wanted, direction: "at least", unit: "times", got, ...more })
  const who = writers === 1 ? "one writer reads and appends" : `${writers} writers on disjoint boundaries`
  target(
    `${who}, of the bare ${writers === 1 ? "" : "grouped "}loop`,
    goal.limit,
    ratio(values.get(sqliteName), values.get(limit.name)),
    { obstacle: obstacles[writers]! }
  )
  target(
    `${who}, of the best peer`,
    goal.peer,
    Comparison.overBestPeer(contenders, values, sqliteName),
    Comparison.withoutPeers(contenders)
  )
}, Effect.scoped)
