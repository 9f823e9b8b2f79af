/** Commands that are taken and awaited to their outcome, beside the same commands that are answered at once. */
import * as Effect from "effect/Effect"
import { perBoundary } from "../contenders/event.ts"
import type { Options } from "../lib/options.ts"
import { readable } from "../lib/progress.ts"
import * as Report from "../lib/report.ts"
import * as Rounds from "../lib/rounds.ts"
import * as Senders from "../lib/senders.ts"
import { median, quantile } from "../lib/statistics.ts"
import * as Orders from "./orders.ts"

const sync = "answered at once"
const later = "decided later, until the outcome is known"

const measure = Effect.fnUntraced(function*(report: Report.Report, options: Options, count: number) {
  const { bus } = yield* Orders.open()
  const payload = (name: string, sender: number, turn: number) =>
    Orders.item(`${name}-${sender}-${Math.floor(turn / perBoundary)}`, `${turn}`)
  const label = `commands, ${count} senders`
  const contenders = [
    {
      name: sync,
      act: (lap: string) => (sender: number, turn: number) =>
        bus.send(Orders.Order, payload(`now-${lap}`, sender, turn))
    },
    {
      name: later,
      act: (lap: string) => (sender: number, turn: number) =>
        Effect.flatMap(
          bus.send(Orders.OrderLater, payload(`later-${lap}`, sender, turn)),
          ({ messageId }) => bus.outcome(messageId, { wait: "1 minute" })
        )
    }
  ]
  // What is decided later runs through three times as much code: until all of it is compiled takes some thousand commands.
  for (const { act, name } of contenders) yield* Senders.run(count, options.quick ? 200 : 5000, act(`warm-up-${name}`))
  const rounds = yield* Rounds.interleaved({
    label,
    rounds: options.rounds,
    contenders,
    measure: ({ act }, lap) => Senders.run(count, options.millis, act(lap)),
    show: ({ rate, times }) =>
      `${readable(rate)} a second, ${readable(median(times))} ms, p99 ${readable(quantile(times, 0.99))} ms`
  })
  const of = (name: string) => rounds.get(name) ?? []
  const rates = (name: string) => of(name).map(({ rate }) => rate)
  const ratio = Report.ratio(rates(later), rates(sync))
  for (const contender of [sync, later]) {
    report.figure({
      metric: `${label}: rate`,
      contender,
      value: median(rates(contender)),
      unit: "a second",
      ...(contender === later && ratio !== undefined ? { ratio } : {})
    })
    const value = median(of(contender).map(({ times }) => quantile(times, 0.99)))
    report.figure({ metric: `${label}: p99 latency`, contender, value, unit: "ms" })
  }
  report.target({
    claim: `commands decided later, ${count} senders, of those answered at once`,
    wanted: 0.4,
    direction: "at least",
    unit: "times",
    got: ratio,
    obstacle: "what is decided later is stored, decided, written and marked as done: two more changes of the file"
  })
}, Effect.scoped)

export const run = Effect.fnUntraced(function*(report: Report.Report, options: Options) {
  for (const count of [16, 64]) yield* measure(report, options, count)
})
