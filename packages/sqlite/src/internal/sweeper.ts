import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { attempt, type Connection, inRealTime, row, run, write } from "./connection.ts"

/** Deletes what belongs to dropped generations, in small transactions beside the running commands. */
export interface Sweeper {
  /** Says that a generation was dropped. */
  readonly wake: () => void
}

/** How many rows one transaction deletes at most; between two there is a pause for others. */
const chunk = 500
const pause = 2

const statements = [
  `DELETE FROM view_entries WHERE (generation, name, value, key, sort) IN
     (SELECT generation, name, value, key, sort FROM view_entries WHERE generation = ?1 LIMIT ?2 + 0)`,
  "DELETE FROM view_rows WHERE (generation, key, sort) IN " +
  "(SELECT generation, key, sort FROM view_rows WHERE generation = ?1 LIMIT ?2 + 0)",
  "DELETE FROM view_parked WHERE (generation, lane, position) IN " +
  "(SELECT generation, lane, position FROM view_parked WHERE generation = ?1 LIMIT ?2 + 0)"
]

/** Deletes up to a chunk; answers whether there may be more. */
const sweepOnce = (connection: Connection): boolean => {
  const dropped = row<[number]>(connection, "SELECT generation FROM view_dropped LIMIT 1")
  if (dropped === undefined) return false
  const [generation] = dropped
  if (!statements.some((sql) => run(connection, sql, generation, chunk).changes > 0)) {
    run(connection, "DELETE FROM view_dropped WHERE generation = ?", generation)
  }
  return true
}

/** Makes the sweeper: one fiber, which first sweeps what a former process left. */
export const make = Effect.fnUntraced(function*(connection: Connection) {
  const awake = yield* Latch.make(true)
  const sweep = Effect.map(attempt(connection, () => write(connection, () => sweepOnce(connection))), (more) => {
    if (!more) awake.closeUnsafe()
  })
  // What fails is left for the next time: nothing depends on it but the size of the file.
  yield* awake.await.pipe(
    Effect.andThen(Effect.sleep(pause)),
    Effect.andThen(Effect.catch(sweep, () => awake.close)),
    Effect.forever,
    inRealTime,
    Effect.forkScoped
  )
  const sweeper: Sweeper = { wake: () => awake.openUnsafe() }
  return sweeper
})
