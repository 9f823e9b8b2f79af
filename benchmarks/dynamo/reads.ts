/** The decision read of 10 events, with few and with many other events in the table. */
import type { EventStoreShape } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import { filledCourse, filling, perBoundary } from "../contenders/event.ts"
import * as Ours from "../contenders/ours.ts"
import type { Options } from "../lib/options.ts"
import { progress, readable } from "../lib/progress.ts"
import * as Report from "../lib/report.ts"
import * as Rounds from "../lib/rounds.ts"
import { median, random } from "../lib/statistics.ts"
import { type Connection, newTableWithoutStream, openStore } from "./connection.ts"

/** As many items as a transaction may have. */
const perAppend = 100
const appendsAtOnce = 4
const readsPerRound = 500

const batches = function*(size: number) {
  let batch = []
  for (const event of filling(size)) {
    batch.push(Ours.newEvent(event))
    if (batch.length < perAppend) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Appends events that lie spread over the boundaries. */
const fill = Effect.fnUntraced(function*(store: EventStoreShape, size: number) {
  const start = performance.now()
  yield* Effect.forEach(batches(size), (batch) => store.append(batch), { concurrency: appendsAtOnce, discard: true })
  progress(`${size.toLocaleString("en-US")} events in ${readable((performance.now() - start) / 1000)} s`)
}, Effect.orDie)

const courses = (size: number): ReadonlyArray<string> => {
  const next = random(7)
  return Array.from({ length: readsPerRound }, () => filledCourse(size, Math.floor(next() * size)))
}

export const measure = Effect.fnUntraced(function*(connection: Connection, options: Options, report: Report.Report) {
  const turns = yield* Effect.forEach(
    [options.small, options.large],
    Effect.fnUntraced(function*(size: number) {
      const store = yield* openStore(connection, yield* newTableWithoutStream(connection))
      yield* fill(store, size)
      return { name: `${size.toLocaleString("en-US")} events`, size, store: Ours.drive(store) }
    })
  )
  const label = `decision read of ${perBoundary} events`
  const rounds = yield* Rounds.interleaved({
    label,
    rounds: options.rounds,
    contenders: turns,
    measure: ({ size, store }) =>
      Effect.map(store.readBoundaries!(courses(size), perBoundary, options.millis), (times) => median(times)),
    show: (millis) => `${readable(millis)} ms`
  })
  const [small, large] = turns.map(({ name }) => rounds.get(name))
  for (const { name } of turns) {
    report.figure({ metric: `${label}, median`, contender: name, value: median(rounds.get(name) ?? []), unit: "ms" })
  }
  report.target({
    claim: `${label} at ${turns[1]!.name}, of that at ${turns[0]!.name}`,
    wanted: 1.2,
    direction: "at most",
    unit: "times",
    got: Report.ratio(large, small)
  })
}, Effect.scoped)
