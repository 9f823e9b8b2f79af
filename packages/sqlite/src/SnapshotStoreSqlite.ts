/**
 * The snapshot store on an SQLite file. Saving one doesn't wait for the disk: a snapshot is a shortcut, and one that a
 * power cut took costs a replay.
 */
import { EventStoreError, InvalidRequest } from "@reventless/core/EventStore"
import type { Snapshot, SnapshotStoreShape } from "@reventless/core/SnapshotStore"
import * as Effect from "effect/Effect"
import { attempt, read, row, run, write } from "./internal/connection.ts"
import * as Database from "./internal/database.ts"
import { toEventStoreError } from "./internal/failure.ts"

const wellFormed = (...texts: ReadonlyArray<string>): Effect.Effect<void, EventStoreError> => {
  const malformed = texts.find((text) => !text.isWellFormed())
  if (malformed === undefined) return Effect.void
  const detail = `${JSON.stringify(malformed)} has a lone surrogate, which is no valid text`
  return Effect.fail(new EventStoreError({ reason: new InvalidRequest({ detail }) }))
}

/** Makes the snapshot store of one plugin in an open file. */
export const make = Effect.fnUntraced(function*(database: Database.Database, name: string) {
  const connection = database.derived
  yield* wellFormed(name)
  const plugin = yield* Effect.mapError(Database.pluginId(database, name), toEventStoreError)

  const find = (aggregate: string, id: string): Snapshot | undefined => {
    const found = row<[version: number, state: string, boundary: string]>(
      connection,
      "SELECT version, state, boundary FROM snapshots WHERE plugin = ? AND aggregate = ? AND id = ?",
      plugin,
      aggregate,
      id
    )
    if (found === undefined) return undefined
    const [version, state, boundary] = found
    return { version, state: JSON.parse(state), boundary }
  }

  const store: SnapshotStoreShape = {
    load: (aggregate, id) =>
      Effect.mapError(attempt(connection, () => read(() => find(aggregate, id))), toEventStoreError),
    save: Effect.fnUntraced(function*(aggregate, id, { boundary, state, version }) {
      yield* wellFormed(aggregate, id, boundary)
      yield* Effect.mapError(
        attempt(connection, () =>
          write(connection, () =>
            run(
              connection,
              "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?)",
              plugin,
              aggregate,
              id,
              version,
              JSON.stringify(state),
              boundary
            ))),
        toEventStoreError
      )
    })
  }
  return store
})
