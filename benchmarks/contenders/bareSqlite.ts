/**
 * The limit: a loop over `node:sqlite` that writes the same rows into the same tables with the same pragmas, and nothing
 * else; no condition, no waiting writers. One event a transaction, or groups of 64.
 */
import * as Effect from "effect/Effect"
import * as path from "node:path"
import * as Temporary from "../lib/temporary.ts"
import type { Contender } from "./contender.ts"
import { perBoundary, subscribed } from "./event.ts"
import * as SqliteFile from "./sqliteFile.ts"

/** What `@reventless/sqlite` sets for its log. */
const pragmas = "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000"

/**
 * A loop that is measured for this long lets nobody else run; the others have the event loop to themselves too. The events
 * of a group are of as many boundaries as it has, like those of so many writers: their tags lie as far apart.
 */
const appendFor = ({ database, insert }: SqliteFile.Rows, group: number, millis: number, lap: string): number => {
  const begin = database.prepare("BEGIN IMMEDIATE")
  const commit = database.prepare("COMMIT")
  const start = performance.now()
  let count = 0
  for (let turn = 0; performance.now() - start < millis; turn++) {
    begin.run()
    for (let index = 0; index < group; index++) {
      insert(subscribed(`${lap}-${index}-${Math.floor(turn / perBoundary)}`, `${lap}-${count}`))
      count++
    }
    commit.run()
  }
  return count / ((performance.now() - start) / 1000)
}

const bare = (name: string, group: number): Contender => ({
  name,
  durability: "synced",
  kind: "limit",
  open: Effect.fnUntraced(function*() {
    const filename = path.join(yield* Temporary.folder, "log.db")
    yield* SqliteFile.empty(filename)
    const rows = yield* Effect.acquireRelease(
      Effect.sync(() => SqliteFile.open(filename, pragmas)),
      ({ database }) => Effect.sync(() => database.close())
    )
    return {
      append: (millis, lap) => Effect.sync(() => appendFor(rows, group, millis, lap)),
      compete: undefined,
      readBoundaries: undefined,
      readAll: undefined,
      decide: undefined
    }
  })
})

export const single = bare("bare node:sqlite", 1)
export const grouped = bare("bare node:sqlite, groups of 64", 64)
