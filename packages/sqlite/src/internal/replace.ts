import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { SqliteBackupError } from "../SqliteBackupError.ts"
import { SqliteOpenError } from "../SqliteOpenError.ts"
import { attempt, type Connection, read } from "./connection.ts"
import { sync, unusable, writing } from "./copy.ts"
import { fromThrown, type SqliteFailure } from "./failure.ts"
import { inspect } from "./open.ts"
import { migrations } from "./schema.ts"

const folderOf = (name: string): string => path.dirname(path.resolve(name))

/** What a former file of this name left would be taken for the new one's. */
const removeJournals = (name: string): void => {
  for (const suffix of ["-wal", "-shm", "-journal"]) fs.rmSync(name + suffix, { force: true })
}

/** Gives a file its name, unless another has it. */
export const create = (part: string, name: string): Effect.Effect<void, SqliteBackupError> =>
  Effect.try({
    try: () => {
      removeJournals(name)
      fs.linkSync(part, name)
      fs.rmSync(part)
    },
    catch: (cause) =>
      (cause as { readonly code?: string }).code === "EEXIST"
        ? new SqliteBackupError({
          filename: name,
          reason: "Exists",
          detail: "was made by another process just now. It was left as it was."
        })
        : unusable(name)(cause)
  }).pipe(Effect.andThen(sync(folderOf(name))))

/** A connection without any setting: each of them reads the file, and the lock has to come first. */
const bare = (filename: string): Effect.Effect<Connection, SqliteFailure> =>
  Effect.try({
    try: (): Connection => ({
      sqlite: new DatabaseSync(filename, { timeout: 0, returnArrays: true }),
      busyTimeout: 500,
      statements: new Map(),
      synchronous: "FULL",
      commits: 0,
      syncs: 0,
      level: "FULL"
    }),
    catch: fromThrown("begin")
  })

const close = ({ sqlite }: Connection) => Effect.sync(() => read(() => sqlite.close()))

/**
 * Locks the file so that no process has it open or opens it, and leaves nothing beside it that belongs to it: leaving
 * write-ahead mode is refused while another connection exists.
 */
const lock = ({ sqlite }: Connection) =>
  read(() =>
    sqlite.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE"
    )
  )

/** Who opened the former file before it was replaced, and waits for its lock, must not take it for the store. */
const disown = ({ sqlite }: Connection) => read(() => sqlite.exec("PRAGMA application_id = 0; COMMIT"))

/** The file's connection with its lock; without it where the file belongs to another program. */
const claim = Effect.fnUntraced(function*(name: string) {
  const connection = yield* Effect.acquireRelease(bare(name), close)
  const found = yield* attempt(connection, () => read(() => inspect(connection, migrations.at(-1)!.version)))
  const isForeign = typeof found !== "number" && found.reason === "Foreign"
  if (!isForeign) yield* attempt(connection, () => lock(connection))
  return { connection, foreign: isForeign ? found : undefined }
})

const swap = Effect.fnUntraced(function*(part: string, name: string) {
  const claimed = yield* Effect.result(claim(name))
  if (Result.isFailure(claimed)) {
    const { cause, kind } = claimed.failure
    if (kind === "busy") {
      return yield* new SqliteBackupError({
        filename: name,
        reason: "InUse",
        detail: "is open in another process. Stop what uses it, then restore again. It was left as it was."
      })
    }
    // Damaged beyond opening, as it may be when somebody restores: nobody can be using it.
    if (kind !== "damaged" && kind !== "notADatabase") return yield* unusable(name)(cause)
  } else if (claimed.success.foreign !== undefined) {
    return yield* new SqliteOpenError({ filename: name, ...claimed.success.foreign })
  }
  yield* writing(name, () => {
    removeJournals(name)
    fs.renameSync(part, name)
  })
  if (Result.isSuccess(claimed)) disown(claimed.success.connection)
})

/**
 * Gives a file the name of a store, which it replaces if there is one. Refused while a process has that open, and where
 * the file belongs to another program.
 */
export const replace = (
  part: string,
  name: string
): Effect.Effect<void, SqliteBackupError | SqliteOpenError> =>
  Effect.suspend(() =>
    fs.existsSync(name)
      ? Effect.andThen(Effect.scoped(swap(part, name)), sync(folderOf(name)))
      : create(part, name)
  )
