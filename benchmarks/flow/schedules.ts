/** How late one-shot schedules fire, spread over a few seconds. */
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Options } from "../lib/options.ts"
import { now, progress, readable } from "../lib/progress.ts"
import type { Report } from "../lib/report.ts"
import { quantile } from "../lib/statistics.ts"
import * as Orders from "./orders.ts"

export const run = Effect.fnUntraced(function*(report: Report, options: Options) {
  const count = options.quick ? 40 : 200
  const late: Array<number> = []
  const all = yield* Deferred.make<void>()
  const { scheduler } = yield* Orders.open((millis) => {
    late.push(millis)
    if (late.length === count) Deferred.doneUnsafe(all, Effect.void)
  })
  const start = Math.ceil(now()) + 1500
  const create = (index: number) => {
    const due = start + index * 25
    return scheduler.create({
      name: `order ${index}`,
      when: { at: DateTime.makeUnsafe(due) },
      to: Orders.Order,
      command: Orders.item(`scheduled-${index}`, "tea", due)
    })
  }
  yield* Effect.forEach(Array.from({ length: count }, (_, index) => index), create, { concurrency: 16 })
  progress(`schedules: ${count} are created`)
  yield* Deferred.await(all)
  const metric = `schedules: how late ${count} of them fire, one each 25 ms`
  const [contender, unit] = ["reventless sqlite", "ms"]
  const [half, most] = [quantile(late, 0.5), quantile(late, 0.99)]
  report.figure({ metric: `${metric}, median`, contender, value: half, unit })
  report.figure({ metric: `${metric}, p99`, contender, value: most, unit })
  progress(`schedules: ${readable(half)} ms late, p99 ${readable(most)} ms`)
}, Effect.scoped)
