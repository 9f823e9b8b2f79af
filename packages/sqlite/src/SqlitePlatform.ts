/**
 * The embedded durable platform: event stores, view stores, snapshot stores and work stores of all plugins in one SQLite
 * file. Several processes may share the file; each view is fed by one of them at a time, each item of work is done by one.
 *
 * The file is opened in write-ahead mode, so two more files (`-wal` and `-shm`) lie beside it while it is in use; copy
 * all three, or use SQLite's `VACUUM INTO` or backup. It has to be on a local disk.
 */
import { EventStores, type StoreOptions, TotalOrder } from "@reventless/core/EventStores"
import { SnapshotStores } from "@reventless/core/SnapshotStore"
import { ViewStores } from "@reventless/core/ViewStore"
import { WorkStores } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as EventStoreSqlite from "./EventStoreSqlite.ts"
import * as Database from "./internal/database.ts"
import * as SnapshotStoreSqlite from "./SnapshotStoreSqlite.ts"
import type { SqliteOpenError } from "./SqliteOpenError.ts"
import * as ViewStoreSqlite from "./ViewStoreSqlite.ts"
import * as WorkStoreSqlite from "./WorkStoreSqlite.ts"

export type { SqliteOptions } from "./internal/database.ts"

/**
 * A provider on one file: the stores of every plugin, for `Platform.layer`.
 *
 * @example
 * ```ts
 * import * as Platform from "@reventless/core/Platform"
 * import * as Plugin from "@reventless/core/Plugin"
 * import { SqlitePlatform } from "@reventless/sqlite"
 * import * as Layer from "effect/Layer"
 *
 * const Shop = Plugin.make("Shop", { version: "1.0.0" })
 * const Main = Platform.layer({ version: "1.0.0", plugins: [Shop] }).pipe(
 *   Layer.provide(SqlitePlatform.layer({ filename: "shop.db" }))
 * )
 * ```
 */
export const layer = (
  options: Database.SqliteOptions
): Layer.Layer<EventStores | ViewStores | SnapshotStores | WorkStores | TotalOrder, SqliteOpenError> =>
  Layer.effectContext(Effect.map(Database.make(options), (database) => {
    const of = (plugin: StoreOptions) => EventStoreSqlite.make(database, plugin)
    return Context.make(EventStores, {
      of: (plugin) => Effect.map(of(plugin), (store) => ({ positioned: true, store }) as const)
    }).pipe(
      Context.add(TotalOrder, { of }),
      Context.add(ViewStores, { of: (plugin) => ViewStoreSqlite.make(database, plugin) }),
      Context.add(SnapshotStores, { of: (plugin) => SnapshotStoreSqlite.make(database, plugin) }),
      Context.add(WorkStores, { of: (plugin) => WorkStoreSqlite.make(database, plugin) })
    )
  }))
