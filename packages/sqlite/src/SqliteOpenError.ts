/**
 * Why a file could not be opened. Each reason has its own way out, which the message says.
 */
import * as Schema from "effect/Schema"

/** Why a file could not be opened. */
export const SqliteOpenReason = Schema.Literals([
  /** The folder of the file doesn't exist. */
  "DirectoryMissing",
  /** The file is no SQLite database. */
  "NotADatabase",
  /** The file is an SQLite database of another program. */
  "Foreign",
  /** The file is an SQLite database, but what is in it can't be read. */
  "Damaged",
  /** The file was written by a newer version of this package. */
  "Newer",
  /** Another process kept the file locked for longer than the busy timeout. */
  "Locked",
  /** The file or its folder can't be written, the disk is full, or the name can't be used. */
  "Unusable"
])

/** A file could not be opened; nothing in it was changed. */
export class SqliteOpenError extends Schema.TaggedError<SqliteOpenError>()("SqliteOpenError", {
  filename: Schema.String,
  reason: SqliteOpenReason,
  /** What is wrong, and what to do about it. */
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return `Can't open '${this.filename}': ${this.detail}`
  }
}
