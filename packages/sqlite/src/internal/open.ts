import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fs from "node:fs"
import * as path from "node:path"
import { SqliteOpenError } from "../SqliteOpenError.ts"
import { attempt, type Connection, open as connect, read, row, run, write } from "./connection.ts"
import type { SqliteFailure } from "./failure.ts"
import { applicationId, type Migration, migrations } from "./schema.ts"

/** How a file is opened. */
export interface OpenOptions {
  readonly filename: string
  readonly synchronous: "FULL" | "NORMAL"
  readonly busyTimeout: number
}

export type Refusal = Pick<SqliteOpenError, "reason" | "detail">

/** The release of this package, for the message that a file of a newer one gives to an older one. */
const release = (): string =>
  Result.getOrElse(
    Result.try((): string =>
      JSON.parse(fs.readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version
    ),
    () => "unknown"
  )

const number = (connection: Connection, sql: string): number => row<[number]>(connection, sql)![0]

/** Why the file isn't for us, and its schema version if it is. */
export const inspect = (connection: Connection, latest: number): Refusal | number => {
  const version = number(connection, "PRAGMA user_version")
  const used = version > 0 || number(connection, "SELECT count(*) FROM sqlite_schema") > 0
  if (used && number(connection, "PRAGMA application_id") !== applicationId) {
    return {
      reason: "Foreign",
      detail: "it is an SQLite database of another program. Give another filename; nothing in it was changed."
    }
  }
  if (version <= latest) return version
  const writer = row<[string]>(connection, "SELECT release FROM written_by WHERE id = 1")?.[0] ?? "unknown"
  return {
    reason: "Newer",
    detail: `it was written by @reventless/sqlite ${writer} (schema ${version}; this is ${release()} with schema ` +
      `${latest}). Upgrade @reventless/sqlite to ${writer} or newer; nothing in it was changed.`
  }
}

/**
 * Brings the file to the newest schema. Each step is one transaction that looks at the version once more when it has
 * the lock, so any number of processes may start at once, and one that dies midway leaves a whole step or none.
 */
export const migrate = Effect.fnUntraced(function*(connection: Connection, steps: ReadonlyArray<Migration>) {
  const latest = steps.at(-1)!.version
  for (const step of steps) {
    const refused = yield* attempt(connection, () =>
      write(connection, () => {
        const version = inspect(connection, latest)
        if (typeof version !== "number") return version
        if (version >= step.version) return undefined
        connection.sqlite.exec(step.sql)
        connection.sqlite.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${step.version}`)
        run(connection, "INSERT OR REPLACE INTO written_by (id, release) VALUES (1, ?)", release())
        return undefined
      }))
    if (refused !== undefined) return refused
  }
  return undefined
})

/** What to say about a failure to open a file. */
export const refusal = (filename: string, failure: SqliteFailure): Refusal => {
  switch (failure.kind) {
    case "busy":
      return {
        reason: "Locked",
        detail: "another process keeps it locked. End that process (a database tool with an open transaction, a " +
          "backup), or raise busyTimeout."
      }
    case "notADatabase":
      return {
        reason: "NotADatabase",
        detail: "it is not an SQLite database. Give another filename, or restore the file from a backup."
      }
    case "damaged":
    case "unexpected":
      return {
        reason: "Damaged",
        detail: `what is in it can't be read: ${failure.detail}. Restore the file from a backup, or recover what can ` +
          "be read with the .recover command of the sqlite3 shell."
      }
    case "missing":
      return fs.existsSync(path.dirname(filename))
        ? { reason: "Unusable", detail: `${failure.detail}. Check that it is a file that may be read and written.` }
        : {
          reason: "DirectoryMissing",
          detail: `its folder '${path.dirname(filename)}' doesn't exist. Create the folder, or correct the filename.`
        }
    default:
      return {
        reason: "Unusable",
        detail: `${failure.detail}. Check the rights of the file and its folder, and the space on the disk.`
      }
  }
}

const prepare = Effect.fnUntraced(function*(connection: Connection) {
  const latest = migrations.at(-1)!.version
  const found = yield* attempt(connection, () => read(() => inspect(connection, latest)))
  if (typeof found !== "number") return found
  const mode = yield* attempt(connection, () => read(() => row<[string]>(connection, "PRAGMA journal_mode = WAL")![0]))
  if (mode !== "wal") {
    const detail = "its file system can't share memory between processes (write-ahead log). Put it on a local disk; " +
      "for a store without a file there is the memory platform."
    return { reason: "Unusable", detail } as const
  }
  const refused = yield* migrate(connection, migrations)
  if (refused !== undefined) return refused
  // Looks at the newest page of the largest tables: a file that was cut off is noticed now and not at the first command.
  yield* attempt(
    connection,
    () => read(() => row(connection, "SELECT max(position), (SELECT max(plugin) FROM event_tags) FROM events"))
  )
  return undefined
})

/** Opens a connection and brings the file to the newest schema; closed with the scope. */
export const open = Effect.fnUntraced(function*({ busyTimeout, filename, synchronous }: OpenOptions) {
  const refuse = (refused: Refusal, cause?: unknown) =>
    new SqliteOpenError({ filename, ...refused, ...(cause === undefined ? {} : { cause }) })
  const refuseFailure = (failure: SqliteFailure) => refuse(refusal(filename, failure), failure.cause)
  const connection = yield* Effect.mapError(connect(filename, synchronous, busyTimeout), refuseFailure)
  const refused = yield* Effect.mapError(prepare(connection), refuseFailure)
  if (refused !== undefined) return yield* refuse(refused)
  return connection
})

/**
 * Opens a connection to the store in a file, as it is: nothing is changed. With the version of its schema, 0 when nothing is in
 * it; closed with the scope.
 */
export const openAsItIs = Effect.fnUntraced(function*(filename: string, busyTimeout: number) {
  const refuseFailure = (failure: SqliteFailure) =>
    new SqliteOpenError({ filename, ...refusal(filename, failure), cause: failure.cause })
  const connection = yield* Effect.mapError(connect(filename, "FULL", busyTimeout), refuseFailure)
  const found = yield* Effect.mapError(
    attempt(connection, () => read(() => inspect(connection, migrations.at(-1)!.version))),
    refuseFailure
  )
  if (typeof found !== "number") return yield* new SqliteOpenError({ filename, ...found })
  return { connection, version: found }
})
