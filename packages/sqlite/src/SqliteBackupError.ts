/**
 * Why a backup wasn't made or not restored. Nothing was written then, and what was there is as it was.
 */
import * as Schema from "effect/Schema"

/** Why nothing was copied. */
export const SqliteBackupReason = Schema.Literals([
  /** There is nothing to copy. */
  "Missing",
  /** The file to be written exists already. */
  "Exists",
  /** The file to be replaced is open in another process. */
  "InUse",
  /** The copy isn't whole. */
  "Damaged",
  /** The file can't be written, or the disk is full. */
  "Unusable"
])

/** Nothing was copied, and what was there is as it was. */
export class SqliteBackupError extends Schema.TaggedError<SqliteBackupError>()("SqliteBackupError", {
  filename: Schema.String,
  reason: SqliteBackupReason,
  /** What is wrong, and what to do about it. */
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return `'${this.filename}' ${this.detail}`
  }
}
