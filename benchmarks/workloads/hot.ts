/**
 * Many writers on one boundary. Each keeps what it has read, reads what was added, and appends on its condition; whoever
 * loses reads and tries again at once. Through the command bus the commands of one boundary wait for each other instead.
 */
import * as Effect from "effect/Effect"
import * as CommandBusStore from "../contenders/commandBus.ts"
import type { Contender, Outcome } from "../contenders/contender.ts"
import { readable } from "../lib/progress.ts"
import type { Target } from "../lib/report.ts"
import * as Rounds from "../lib/rounds.ts"
import { fairness, median, sum } from "../lib/statistics.ts"
import * as Comparison from "./comparison.ts"
import { type Context, openAll } from "./context.ts"
import { rate } from "./disjoint.ts"

const writers = 16

/** The part of the attempts that came to nothing, in percent. */
export const wasted = ({ tallies }: Outcome): number => {
  const attempts = sum(tallies.map(({ attempts }) => attempts))
  return attempts === 0 ? NaN : 100 * (1 - sum(tallies.map(({ successes }) => successes)) / attempts)
}

/** How evenly the writers succeed. */
export const shares = ({ tallies }: Outcome): number => fairness(tallies.map(({ successes }) => successes))

export const run = Effect.fnUntraced(function*({ contenders, options, report }: Context) {
  const all: ReadonlyArray<Contender> = [CommandBusStore.sqlite, ...contenders]
  const opened = (yield* openAll(all, 0)).filter(({ store }) => store.compete !== undefined)
  const label = `one hot boundary, ${writers} writers`
  const rounds = yield* Rounds.interleaved({
    label,
    rounds: options.rounds,
    contenders: opened,
    measure: ({ store }, lap) =>
      store.compete!({
        writers,
        millis: options.millis,
        course: () => lap,
        remember: true,
        lap
      }),
    show: (outcome) =>
      `${readable(rate(outcome))} successes/s, ${readable(wasted(outcome))} % wasted, fairness ${
        readable(shares(outcome))
      }`
  })
  const figures = (value: (outcome: Outcome) => number, name: string, unit: string, better: "higher" | "lower") => {
    const values = Comparison.select(rounds, value)
    Comparison.report(report, all, values, { metric: `${label}: ${name}`, unit, better })
    return median(values.get(CommandBusStore.sqlite.name) ?? [])
  }
  const successes = figures(rate, "successes", "events/s", "higher")
  const waste = figures(wasted, "wasted attempts", "%", "lower")
  const fair = figures(shares, "Jain's fairness", "", "higher")
  const target = (target: Omit<Target, "remark">) => report.target({ ...target, remark: "through the command bus" })
  target({ claim: "hot boundary, successes", wanted: 400, direction: "at least", unit: "events/s", got: successes })
  target({ claim: "hot boundary, wasted attempts", wanted: 15, direction: "at most", unit: "%", got: waste })
  target({ claim: "hot boundary, fairness", wanted: 0.95, direction: "at least", unit: "", got: fair })
  report.note(
    "On a hot boundary the bare stores have every writer try at once, so all but one of those who try together lose: " +
      "theirs is the share of wasted attempts of optimistic locking itself. The command bus lets commands of one " +
      "boundary wait for each other within a process, and the targets are about it."
  )
}, Effect.scoped)
