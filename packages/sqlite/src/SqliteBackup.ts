/**
 * Backups of a store's file, and restoring them. A backup is one ordinary file: the store as it was at one instant, whole
 * or not there at all. It can be taken while applications use the store.
 *
 * Both copy in one call of SQLite (`VACUUM INTO`), in which nothing else of the calling process runs. In a process that
 * serves others, run them as `reventless backup` in a process of its own.
 */
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as Copy from "./internal/copy.ts"
import * as Replace from "./internal/replace.ts"
import { SqliteBackupError } from "./SqliteBackupError.ts"
import type { SqliteOpenError } from "./SqliteOpenError.ts"

/** What was copied. */
export interface Copied {
  /** How many events are in the copy, of all plugins. */
  readonly events: number
  /** The size of the copy. */
  readonly bytes: number
}

const checkSource = (filename: string): Effect.Effect<void, SqliteBackupError> =>
  fs.existsSync(filename)
    ? Effect.void
    : Effect.fail(
      new SqliteBackupError({ filename, reason: "Missing", detail: "doesn't exist. Give the file of a store." })
    )

const checkTarget = (filename: string, wayOut: string): Effect.Effect<void, SqliteBackupError> =>
  fs.existsSync(filename)
    ? Effect.fail(
      new SqliteBackupError({ filename, reason: "Exists", detail: `exists already. ${wayOut} It was left as it was.` })
    )
    : Effect.void

/**
 * Copies the store in `file` to the file `to`, which must not exist.
 *
 * @example
 * ```ts
 * import * as SqliteBackup from "@reventless/sqlite/SqliteBackup"
 *
 * const program = SqliteBackup.backup({ file: "shop.db", to: "shop-2026-01-31.db" })
 * ```
 */
export const backup = Effect.fn("SqliteBackup.backup")(function*(
  { file, to }: { readonly file: string; readonly to: string }
): Effect.fn.Return<Copied, SqliteBackupError | SqliteOpenError> {
  yield* checkSource(file)
  yield* checkTarget(to, "Give another name.")
  return yield* Copy.use(file, to, (part) => Replace.create(part, to))
})

/**
 * Makes the store of a backup the store in `file`. A file that exists is replaced with `force` only, and never while a
 * process has it open.
 *
 * @example
 * ```ts
 * import * as SqliteBackup from "@reventless/sqlite/SqliteBackup"
 *
 * const program = SqliteBackup.restore({ from: "shop-2026-01-31.db", file: "shop.db" })
 * ```
 */
export const restore = Effect.fn("SqliteBackup.restore")(function*(
  { file, force = false, from }: { readonly from: string; readonly file: string; readonly force?: boolean | undefined }
): Effect.fn.Return<Copied, SqliteBackupError | SqliteOpenError> {
  yield* checkSource(from)
  if (!force) yield* checkTarget(file, "Give another name, or 'force' to replace it.")
  return yield* Copy.use(from, file, (part) => Replace.replace(part, file))
})
