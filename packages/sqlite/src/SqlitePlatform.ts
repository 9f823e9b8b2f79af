/**
 * The embedded durable platform: event stores, view stores and snapshot stores of all plugins in one SQLite file. Several
 * processes may share the file; each view is fed by one of them at a time.
 *
 * The file is opened in write-ahead mode, so two more files (`-wal` and `-shm`) lie beside it while it is in use; copy
 * all three, or use SQLite's `VACUUM INTO` or backup. It has to be on a local disk.
 */
import { EventStores } from "@reventless/core/EventStores"
import { SnapshotStores } from "@reventless/core/SnapshotStore"
import { ViewStores } from "@reventless/core/ViewStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as EventStoreSqlite from "./EventStoreSqlite.ts"
import * as Database from "./internal/database.ts"
import * as SnapshotStoreSqlite from "./SnapshotStoreSqlite.ts"
import type { SqliteOpenError } from "./SqliteOpenError.ts"
import * as ViewStoreSqlite from "./ViewStoreSqlite.ts"

export type { SqliteOptions } from "./internal/database.ts"

/**
 * The stores of all plugins in one file.
 *
 * @example
 * const Live = SqlitePlatform.layer({ filename: "data/shop.db" })
 */
export const layer = (
  options: Database.SqliteOptions
): Layer.Layer<EventStores | ViewStores | SnapshotStores, SqliteOpenError> =>
  Layer.effectContext(Effect.map(Database.make(options), (database) =>
    Context.make(EventStores, {
      of: (plugin) =>
        Effect.map(EventStoreSqlite.make(database, plugin), (store) => ({ positioned: true, store }) as const)
    }).pipe(
      Context.add(ViewStores, { of: (plugin) => ViewStoreSqlite.make(database, plugin) }),
      Context.add(SnapshotStores, { of: (plugin) => SnapshotStoreSqlite.make(database, plugin) })
    )))
