/** What taking and finishing work costs with many finished items behind it, and with none. */
import type { NewWork, WorkStoreShape } from "@reventless/core/WorkStore"
import { WorkStores } from "@reventless/core/WorkStore"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { Options } from "../lib/options.ts"
import { progress, readable } from "../lib/progress.ts"
import * as Report from "../lib/report.ts"
import * as Rounds from "../lib/rounds.ts"
import { median } from "../lib/statistics.ts"
import * as Temporary from "../lib/temporary.ts"

const queue = "commands"
const batch = 32
const content = { target: "Orders.OrderLater", command: { orderId: "some order", item: "tea, a pound of it" } }

/** Finishes so many items behind the store's back: the same rows as it leaves, in no time. */
const finished = (filename: string, count: number): void => {
  const database = new DatabaseSync(filename)
  database.exec("PRAGMA synchronous = OFF; BEGIN")
  database.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO work (plugin, queue, id, lane, state, due, content, attempts, outcome, time, lease)
     SELECT (SELECT id FROM plugins), ?, 'done-' || i, 'order:' || (i / 10), 'Done', i, ?, 1, '{"eventCount":1}', i, 1
     FROM n`
  ).run(count, queue, JSON.stringify(content))
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
  database.close()
}

/** A work store with so many finished items. */
const open = Effect.fnUntraced(function*(behind: number) {
  const filename = path.join(yield* Temporary.folder, "work.db")
  const context = yield* Effect.orDie(Layer.build(SqlitePlatform.layer({ filename })))
  const store = yield* Effect.orDie(Context.get(context, WorkStores).of("Orders"))
  if (behind > 0) finished(filename, behind)
  return store
})

/** Adds items, takes them and finishes them, for so long; answers how many a second. Adding isn't measured. */
const cycles = Effect.fnUntraced(function*(store: WorkStoreShape, millis: number, lap: string) {
  let spent = 0
  let count = 0
  for (let turn = 0; spent < millis; turn++) {
    const time = Date.now()
    const items = Array.from({ length: batch }, (_, index): NewWork => {
      const id = `${lap}-${turn}-${index}`
      return { id, lane: id, due: time, content }
    })
    yield* store.add(queue, items, time)
    const start = performance.now()
    const taken = yield* store.take(queue, { now: time, lease: 10_000, limit: batch })
    const outcome = { eventCount: 1 }
    const done = yield* Effect.forEach(
      taken,
      (item) => store.finish(queue, item, { _tag: "Done", outcome }, time),
      { concurrency: "unbounded" }
    )
    spent += performance.now() - start
    count += done.length
  }
  return (1000 * count) / spent
}, Effect.orDie)

export const run = Effect.fnUntraced(function*(report: Report.Report, options: Options) {
  const behind = options.large
  const alone = "with nothing behind"
  const deep = `with ${behind.toLocaleString("en-US")} finished items behind`
  const contenders = [
    { name: alone, store: yield* open(0) },
    { name: deep, store: yield* open(behind) }
  ]
  progress(`work table: ${behind} items are finished`)
  const rounds = yield* Rounds.interleaved({
    label: "work table",
    rounds: options.rounds,
    contenders,
    measure: ({ store }, lap) => cycles(store, options.millis, lap),
    show: (rate) => `${readable(rate)} a second`
  })
  const of = (name: string) => rounds.get(name) ?? []
  const ratio = Report.ratio(of(deep), of(alone))
  const metric = `work that is taken and finished, ${batch} at a time`
  report.figure({ metric, contender: alone, value: median(of(alone)), unit: "items/s" })
  report.figure({
    metric,
    contender: deep,
    value: median(of(deep)),
    unit: "items/s",
    ...(ratio === undefined ? {} : { ratio })
  })
  report.target({
    claim: `work is taken and finished ${deep}, of none`,
    wanted: 0.9,
    direction: "at least",
    unit: "times",
    got: ratio
  })
}, Effect.scoped)
