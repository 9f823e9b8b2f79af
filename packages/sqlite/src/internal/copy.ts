import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fs from "node:fs"
import { SqliteBackupError } from "../SqliteBackupError.ts"
import { SqliteOpenError } from "../SqliteOpenError.ts"
import { attempt, type Connection, open, read, row, rows } from "./connection.ts"
import type { SqliteFailure } from "./failure.ts"
import { openAsItIs, refusal } from "./open.ts"

/** How long to wait for a lock that another process holds, in milliseconds. */
const busyTimeout = 5000

const connect = (filename: string) => open(filename, "FULL", busyTimeout)

const notOpened = (filename: string) => (failure: SqliteFailure) =>
  new SqliteOpenError({ filename, ...refusal(filename, failure), cause: failure.cause })

/** Says that a file can't be written. */
export const unusable = (filename: string) => (cause: unknown): SqliteBackupError => {
  const why = cause instanceof Error ? cause.message : String(cause)
  const detail = `can't be written: ${why}. Check the rights of its folder, and the space on the disk.`
  return new SqliteBackupError({ filename, reason: "Unusable", detail, cause })
}

/** Runs what throws when a file can't be written. */
export const writing = (filename: string, body: () => void): Effect.Effect<void, SqliteBackupError> =>
  Effect.try({ try: body, catch: unusable(filename) })

/** Writes a file or folder through to the disk. */
export const sync = (filename: string): Effect.Effect<void, SqliteBackupError> =>
  writing(filename, () => {
    const descriptor = fs.openSync(filename, "r")
    fs.fsyncSync(descriptor)
    fs.closeSync(descriptor)
  })

/** Copies a store that others may be writing: what was committed when the copy began. */
const vacuum = Effect.fnUntraced(function*(from: string, part: string) {
  const { connection, version } = yield* openAsItIs(from, busyTimeout)
  if (version === 0) {
    return yield* new SqliteBackupError({ filename: from, reason: "Missing", detail: "is empty: no store is in it." })
  }
  yield* Effect.mapError(
    attempt(connection, () => read(() => connection.sqlite.prepare("VACUUM INTO ?").run(part))),
    (failure) =>
      failure.kind === "damaged" || failure.kind === "notADatabase" || failure.kind === "busy"
        ? notOpened(from)(failure)
        : unusable(part)(failure.cause)
  )
})

/** Whether every page of the copy can be read and is where it should be, and how many events are in it. */
const look = (connection: Connection) =>
  read(() => ({
    whole: rows<[string]>(connection, "PRAGMA quick_check(1)")[0]![0] === "ok",
    events: row<[number]>(connection, "SELECT count(*) FROM events")![0]
  }))

/** Leaves out who was feeding the views, so that whoever opens the copy doesn't wait for them. */
const forgetOwners = (connection: Connection) =>
  read(() => connection.sqlite.exec("PRAGMA journal_mode = MEMORY; DELETE FROM view_owners; DELETE FROM sessions"))

/** Checks a copy, and counts its events. */
const verify = Effect.fnUntraced(function*(from: string, part: string) {
  const broken = (failure?: SqliteFailure) =>
    new SqliteBackupError({
      filename: from,
      reason: "Damaged",
      detail: "is damaged: its copy isn't whole. Use another backup.",
      cause: failure?.cause
    })
  const connection = yield* Effect.mapError(connect(part), broken)
  const { events, whole } = yield* Effect.mapError(attempt(connection, () => look(connection)), broken)
  if (!whole) return yield* broken()
  yield* Effect.mapError(attempt(connection, () => forgetOwners(connection)), ({ cause }) => unusable(part)(cause))
  return events
})

/**
 * Copies the store in `from` to a file beside `to`, checks that the copy is whole, and has it placed. Nothing is left of
 * the copy when that fails.
 */
export const use = Effect.fnUntraced(function*(
  from: string,
  to: string,
  place: (part: string) => Effect.Effect<void, SqliteBackupError | SqliteOpenError>
) {
  const part = `${to}.part`
  const remove = () => fs.rmSync(part, { force: true })
  return yield* Effect.gen(function*() {
    yield* writing(part, remove)
    yield* Effect.scoped(vacuum(from, part))
    const events = yield* Effect.scoped(verify(from, part))
    const { size: bytes } = fs.statSync(part)
    yield* sync(part)
    yield* place(part)
    return { events, bytes }
  }).pipe(Effect.onExit((exit) => Exit.isSuccess(exit) ? Effect.void : Effect.sync(remove)))
})
