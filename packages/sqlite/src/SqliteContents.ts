/**
 * What is in a store's file, counted by the database itself: no event and no row is read for it.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import { attempt, type Connection, read, rows } from "./internal/connection.ts"
import { openAsItIs, refusal } from "./internal/open.ts"
import { SqliteOpenError } from "./SqliteOpenError.ts"

/** How much is in a file. */
export interface SqliteContents {
  /**
   * How many events each log has. A log has the name of its plugin, `Catalog`; the events that an extension point published
   * are a log of their own, `Catalog.Products.v1.events`. A log without events may be absent.
   */
  readonly events: ReadonlyMap<string, number>
  /**
   * How many rows each view shows, by its name with its plugin: `Catalog.Products`. Rows that were removed don't count. What
   * collects work is kept as views are, and has no rows: `Ordering.ConfirmOrders`.
   */
  readonly rows: ReadonlyMap<string, number>
}

/** How long to wait for a lock that another process holds, in milliseconds. */
const busyTimeout = 5000

const figures = (connection: Connection): SqliteContents => ({
  events: new Map(rows<[log: string, count: number]>(
    connection,
    "SELECT name, (SELECT count(*) FROM events WHERE plugin = plugins.id) FROM plugins"
  )),
  rows: new Map(rows<[view: string, count: number]>(
    connection,
    `SELECT p.name || '.' || g.view, (SELECT count(*) FROM view_entries WHERE generation = g.id AND name = '')
     FROM view_generations g JOIN plugins p ON p.id = g.plugin WHERE g.active`
  ))
})

/**
 * Counts what is in the file, as it was committed, while others may write to it. Views are counted as far as they have come.
 *
 * It goes once through an index of the events and one of the rows, some 20 ms for 300,000 events, in calls of SQLite in which
 * nothing else of the calling process runs; no more than 4 MB of it are in memory. A file that isn't there is refused, and
 * not made.
 *
 * @example
 * ```ts
 * import * as SqliteContents from "@reventless/sqlite/SqliteContents"
 * import * as Console from "effect/Console"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const { events, rows } = yield* SqliteContents.count("shop.db")
 *   yield* Console.log(`${events.get("Catalog")} events, ${rows.get("Catalog.Products")} products`)
 * })
 * ```
 */
export const count = Effect.fn("SqliteContents.count")(
  function*(filename: string): Effect.fn.Return<SqliteContents, SqliteOpenError, Scope.Scope> {
    const refuse = (detail: string) => new SqliteOpenError({ filename, reason: "Unusable", detail })
    if (!fs.existsSync(filename)) return yield* refuse("it doesn't exist. Give the file of a store.")
    const { connection, version } = yield* openAsItIs(filename, busyTimeout)
    if (version === 0) return yield* refuse("it is empty: no store is in it. Give the file of a store.")
    return yield* Effect.mapError(
      attempt(connection, () => read(() => figures(connection))),
      (failure) => new SqliteOpenError({ filename, ...refusal(filename, failure), cause: failure.cause })
    )
  },
  Effect.scoped
)
