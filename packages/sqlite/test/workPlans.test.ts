import { assert, describe, it } from "@effect/vitest"
import type { WorkState } from "@reventless/core/WorkStore"
import * as Effect from "effect/Effect"
import * as Connection from "../src/internal/connection.ts"
import * as Database from "../src/internal/database.ts"
import * as WorkStoreSqlite from "../src/WorkStoreSqlite.ts"
import { newFile } from "./support.ts"

const queue = "mail"
const item = (id: string, lane = id) => ({ id, lane, due: 1, content: null })

/** Uses every operation once, in every variant that has a statement of its own. */
const useEverything = Effect.fnUntraced(function*(database: Database.Database) {
  const store = yield* WorkStoreSqlite.make(database, "Shop")
  const options = { now: 1, lease: 10, limit: 1 }
  yield* store.add(queue, [item("a", "l"), item("b", "l"), item("c"), item("d")], 1)
  yield* store.put(queue, item("a", "l"), 1)
  const [first] = yield* store.take(queue, options)
  yield* store.extend(queue, first!, options)
  yield* store.finish(queue, first!, { _tag: "Park", reason: "no" }, 1)
  yield* store.replay(queue, first!.id, 1)
  for (const result of [{ _tag: "Done", outcome: 1 }, { _tag: "Forget" }] as const) {
    const [item] = yield* store.take(queue, options)
    yield* store.finish(queue, item!, result, 1)
  }
  yield* store.take(queue, { ...options, limit: 100 })
  yield* store.cancel(queue, "a")
  yield* store.next(queue)
  yield* store.get(queue, "a")
  const states: ReadonlyArray<WorkState | undefined> = [undefined, "Pending", "Leased", "Parked", "Done"]
  for (const state of states) {
    for (const lane of [undefined, "l"]) yield* store.list(queue, { state, lane, after: 1, limit: 10 })
  }
})

/** The steps of a statement's plan. */
const plan = (connection: Connection.Connection, sql: string): ReadonlyArray<string> => {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number))
  const count = numbered.length > 0 ? Math.max(...numbered) : [...sql.matchAll(/\?/g)].length
  const parameters = Array.from({ length: count }, () => 1)
  return Connection.rows<[number, number, number, string]>(connection, `EXPLAIN QUERY PLAN ${sql}`, ...parameters)
    .map(([, , , step]) => step)
}

/** One item by its number or id, the items of a queue or a lane in one state, and those of a queue to be begun. */
const searches = [
  String.raw`INTEGER PRIMARY KEY \(rowid=\?\)`,
  String.raw`INDEX work_id \(plugin=\? AND queue=\? AND id=\?\)`,
  String.raw`INDEX work_state \(plugin=\? AND queue=\? AND state=\?( AND rowid>\?)?\)`,
  String.raw`INDEX work_lane \(plugin=\? AND queue=\? AND lane=\? AND state=\?( AND rowid>\?)?\)`,
  String.raw`INDEX work_ready \(plugin=\? AND queue=\?( AND ready[<>]\?)?\)`,
  String.raw`INDEX work_leased \(plugin=\? AND queue=\? AND leased>\?\)`
]
const search = new RegExp(`^SEARCH \\w+( EXISTS)? USING (COVERING )?(${searches.join("|")})$`)
const other =
  /^(SCAN found|SCAN CONSTANT ROW|COMPOUND QUERY|CO-ROUTINE found|MERGE \(UNION ALL\)|LEFT|RIGHT|SCALAR SUBQUERY \d+)$/

const known = (step: string): boolean => search.test(step) || other.test(step)

/** What is sorted: one page of a list, and leases from before the clock was set back. */
const sorted = /UNION ALL|INDEXED BY work_leased/

describe("what a statement of the work store reads", () => {
  it.live("is found by an index whatever the number of items that wait or are done, and comes out in order", () =>
    Effect.gen(function*() {
      const database = yield* Effect.flatMap(newFile, (filename) => Database.make({ filename }))
      yield* useEverything(database)
      const { derived, log } = database
      const statements = [...new Set([...log.statements.keys(), ...derived.statements.keys()])]
        .filter((sql) => /\bwork(_changes)?\b/.test(sql) && !sql.startsWith("EXPLAIN"))
      assert.isAbove(statements.length, 20)
      const wrong = statements.flatMap((sql) =>
        plan(log, sql)
          .filter((step) => !known(step) && !(sorted.test(sql) && step === "USE TEMP B-TREE FOR ORDER BY"))
          .map((step) => [sql, step])
      )
      assert.deepStrictEqual(wrong, [])
    }).pipe(Effect.scoped))
})
