/** Writes events into a file of `@reventless/sqlite` with nothing but `node:sqlite`: the same rows as the store writes. */
import * as EventStoreSqlite from "@reventless/sqlite/EventStoreSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DatabaseSync } from "node:sqlite"
import { progress } from "../lib/progress.ts"
import { type BenchEvent, filling } from "./event.ts"

/** An open file, and how one event is inserted. */
export interface Rows {
  readonly database: DatabaseSync
  readonly insert: (event: BenchEvent) => void
}

const plugin = 1

/** Opens a file in which one store was made. */
export const open = (filename: string, pragmas: string): Rows => {
  const database = new DatabaseSync(filename, { returnArrays: true })
  database.exec(pragmas)
  const event = database.prepare("INSERT INTO events (plugin, type, tags, data, meta) VALUES (?, ?, ?, ?, ?)")
  const entry = database.prepare("INSERT OR IGNORE INTO event_tags VALUES (?, ?, ?, ?)")
  return {
    database,
    insert: ({ data, meta, tags, type }) => {
      const { lastInsertRowid } = event.run(
        plugin,
        type,
        JSON.stringify(tags),
        JSON.stringify(data),
        JSON.stringify(meta)
      )
      for (const tag of tags) entry.run(plugin, tag, type, lastInsertRowid)
    }
  }
}

/** Makes the file of a store without events. `name` is the plugin whose store it is. */
export const empty = (filename: string, name = "default"): Effect.Effect<void> =>
  Effect.orDie(Effect.scoped(Effect.asVoid(Layer.build(EventStoreSqlite.layer({ filename, name })))))

/** Makes the file of a store with so many events in it, quickly and without regard to power cuts. */
export const make = Effect.fnUntraced(function*(filename: string, events: number, name = "default") {
  yield* empty(filename, name)
  const { database, insert } = open(filename, "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000")
  try {
    let count = 0
    for (const event of filling(events)) {
      if (count % 20_000 === 0) database.exec(count === 0 ? "BEGIN" : "COMMIT; BEGIN")
      insert(event)
      if (++count % 250_000 === 0) progress(`filled ${count} of ${events} events`)
    }
    database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
  } finally {
    database.close()
  }
})
