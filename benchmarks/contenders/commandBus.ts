/** The command bus on SQLite as a contender: commands of one boundary wait for each other within the process. */
import { CommandBus } from "@reventless/core/CommandBus"
import * as Metrics from "@reventless/core/Metrics"
import * as Platform from "@reventless/core/Platform"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as path from "node:path"
import { Commands, Subscribe, subscription } from "../application/courses.ts"
import * as Temporary from "../lib/temporary.ts"
import type { Contender, Load, Tally } from "./contender.ts"

const conflicts = Effect.map(Metric.value(Metrics.conflicts), ({ count }) => Number(count))

/** Each writer sends one command after another until the time is over. */
export const compete = Effect.fnUntraced(function*(bus: CommandBus["Service"], load: Load) {
  const before = yield* conflicts
  const start = performance.now()
  const send = Effect.fnUntraced(function*(writer: number) {
    let successes = 0
    while (performance.now() - start < load.millis) {
      const student = `${load.lap}-${writer}-${successes}`
      yield* bus.send(Subscribe, subscription(load.course(writer, successes), student))
      successes++
    }
    return successes
  })
  const senders = Array.from({ length: load.writers }, (_, writer) => writer)
  const successes = yield* Effect.forEach(senders, send, { concurrency: "unbounded" })
  const seconds = (performance.now() - start) / 1000
  // Which sender lost an attempt isn't known, and doesn't matter: the share of all attempts is what is reported.
  const lost = (yield* conflicts) - before
  const tallies = successes.map((successes, writer): Tally => ({
    successes,
    attempts: successes + (writer === 0 ? lost : 0)
  }))
  return { tallies, seconds }
})

export const sqlite: Contender = {
  name: "reventless sqlite, command bus",
  durability: "synced",
  kind: "ours",
  open: Effect.fnUntraced(function*() {
    const filename = path.join(yield* Temporary.folder, "log.db")
    const platform = Platform.layer({ version: "1.0.0", plugins: [Commands] }).pipe(
      Layer.provide(SqlitePlatform.layer({ filename }))
    )
    const bus = Context.get(yield* Effect.orDie(Layer.build(platform)), CommandBus)
    return {
      append: () => Effect.succeed(NaN),
      compete: (load) => Effect.orDie(compete(bus, load)),
      readBoundaries: undefined,
      readAll: undefined,
      decide: undefined
    }
  })
}
