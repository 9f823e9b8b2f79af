import { assert, describe, it } from "@effect/vitest"
import * as Boundary from "@reventless/core/Boundary"
import * as Checkpoint from "@reventless/core/Checkpoint"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as EventStoreSqlite from "../src/EventStoreSqlite.ts"
import * as Connection from "../src/internal/connection.ts"
import * as Database from "../src/internal/database.ts"
import * as Probes from "../src/internal/probes.ts"
import * as SnapshotStoreSqlite from "../src/SnapshotStoreSqlite.ts"
import * as ViewStoreSqlite from "../src/ViewStoreSqlite.ts"
import { event, newFile, sequenced } from "./support.ts"

const open = Effect.flatMap(newFile, (filename) => Database.make({ filename }))

/** Uses every operation once, in every variant that has a statement of its own. */
const useEverything = Effect.fnUntraced(function*(database: Database.Database) {
  const store = yield* EventStoreSqlite.make(database, { name: "Shop", plan: IndexPlan.open })
  const queries = [
    Query.all,
    Query.make({ types: ["Added"] }),
    Query.make({ tags: ["cart:1"] }),
    Query.make({ types: ["Added"], tags: ["cart:1", "product:1", "shop:1"] }),
    Query.make({ types: ["Added", "Removed"], tags: ["cart:1"] }, { types: ["Closed"] }, { tags: ["cart:1", "shop:1"] })
  ]
  yield* store.append([event("Added", ["cart:1", "product:1", "shop:1"]), event("Removed", ["cart:1"])], {
    commandId: "c"
  })
  yield* store.append([event("Added")], { commandId: "c" })
  for (const query of queries) {
    yield* Stream.runDrain(store.read(query))
    yield* Stream.runDrain(store.read(query, { backwards: true }))
    yield* Effect.ignore(store.append([event("Added")], { boundary: Boundary.absent(query) }))
  }
  yield* store.subscribe({ lane: Lane.unordered(["Added", "Removed"]) }).pipe(Stream.take(1), Stream.runDrain)

  const views = yield* ViewStoreSqlite.make(database, "Shop")
  yield* views.open("carts", "a")
  const parked = { lane: "1", position: 1, event: sequenced(1), reason: "r", time: 1, attempts: 1 }
  const row = { id: { key: "1", sort: "" }, row: {}, version: 1, previous: undefined }
  const step = { view: "carts", generation: 1, checkpoint: Checkpoint.beginning, release: [{ lane: "1", position: 9 }] }
  const skip = [{ lane: "1", position: 1, by: "me", why: "no", time: 1 }]
  const writes = [{ ...row, entries: [{ index: "total", value: "1" }] }]
  yield* views.commit({ ...step, revision: 0, writes, park: [parked], skip })
  yield* views.commit({ ...step, revision: 1, writes: [{ ...row, row: undefined, entries: [] }], park: [], skip: [] })
  for (const reverse of [true, false]) {
    for (const from of [undefined, "a"]) {
      for (const to of [undefined, "z"]) {
        for (const after of [undefined, { value: "b", id: { key: "1", sort: "" } }]) {
          yield* views.list("carts", 1, { index: "total", from, to, after, reverse, limit: 10 })
        }
      }
    }
  }
  yield* views.changes("carts", 1, { after: 0, limit: 10 })
  yield* views.blocked("carts", 1)
  yield* views.parked("carts", 1)
  yield* views.parked("carts", 1, "1")
  for (const lane of [undefined, "1"]) {
    for (const after of [undefined, { lane: "1", position: 1 }]) {
      yield* views.parked("carts", 1, lane, { after, limit: 2 })
    }
  }
  yield* views.skipped("carts")
  yield* Effect.scoped(views.own("carts"))
  const { generation } = yield* views.build("carts", "b")
  yield* views.promote("carts", generation)

  const snapshots = yield* SnapshotStoreSqlite.make(database, "Shop")
  yield* snapshots.save("Cart", "1", { version: 1, state: {}, boundary: "b" })
  yield* snapshots.load("Cart", "1")
  const dropped = database.derived.sqlite.prepare("SELECT 1 FROM view_dropped")
  while (dropped.get() !== undefined) yield* Effect.sleep(1)
})

/** What is short by its nature: what a search found, what is still to be done, the names of the tables. */
const short = ["SCAN found", "SCAN (subquery-1)", "SCAN view_dropped", "SCAN sqlite_master"]

describe("what a statement reads", () => {
  it.live("no statement of the stores reads a whole table or the entries of another plugin", () =>
    Effect.gen(function*() {
      const database = yield* open
      yield* useEverything(database)
      const { derived, log } = database
      const statements = [...new Set([...log.statements.keys(), ...derived.statements.keys()])]
        .filter((sql) => /^\s*(SELECT|WITH|UPDATE|DELETE)/.test(sql))
      assert.isAbove(statements.length, 40)
      const reading = statements.filter((sql) => {
        const numbered = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number))
        const count = numbered.length > 0 ? Math.max(...numbered) : [...sql.matchAll(/\?/g)].length
        const steps = Connection.rows<[number, number, number, string]>(
          log,
          `EXPLAIN QUERY PLAN ${sql}`,
          ...Array.from({ length: count }, () => 1)
        )
        return steps.some(([, , , step]) => step.startsWith("SCAN") && !short.includes(step))
      })
      assert.deepStrictEqual(reading, [])
    }).pipe(Effect.scoped))

  it.live("a query is looked up by the rarest of its tags, the others are verified", () =>
    Effect.gen(function*() {
      const database = yield* open
      const store = yield* EventStoreSqlite.make(database, { name: "Shop", plan: IndexPlan.open })
      yield* store.append(
        Array.from({ length: 3000 }, (_, index) =>
          event("Added", ["shop:1", `aisle:${index % 3}`, ...(index % 1000 === 0 ? ["cart:1"] : [])]))
      )
      const query = Query.make({ types: ["Added"], tags: ["shop:1", "aisle:0", "cart:1"] })
      const range = { plugin: 1, after: 0, until: 3000 }
      assert.deepStrictEqual(Probes.probes(database.log, range, query), [
        { _tag: "Tags", type: "Added", rarest: "cart:1", others: ["shop:1", "aisle:0"] }
      ])
      assert.lengthOf(yield* Stream.runCollect(store.read(query)), 1)
    }).pipe(Effect.scoped))
})
