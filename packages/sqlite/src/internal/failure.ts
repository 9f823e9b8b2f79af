import {
  AppendTooLarge,
  EventStoreError,
  OutcomeUnknown,
  StoreUnavailable,
  StoreUnreadable
} from "@reventless/core/EventStore"
import { ViewStoreError } from "@reventless/core/ViewStore"
import { WorkStoreError } from "@reventless/core/WorkStore"

/** What went wrong in SQLite, as far as a caller can act on it. */
export type FailureKind =
  /** Another process holds the lock. */
  | "busy"
  | "full"
  | "io"
  /** The file or its folder can't be written. */
  | "readonly"
  | "missing"
  | "notADatabase"
  | "damaged"
  | "tooBig"
  /** The store's scope has ended. */
  | "closed"
  | "unexpected"

/** A call of SQLite that threw, and when: only a failure at commit leaves open whether something was written. */
export interface SqliteFailure {
  readonly kind: FailureKind
  readonly stage: "begin" | "body" | "commit"
  readonly detail: string
  readonly cause: unknown
}

/** Primary result codes, see https://sqlite.org/rescode.html. An extended code carries them in its lower byte. */
const kinds: Readonly<Record<number, FailureKind>> = {
  3: "readonly",
  5: "busy",
  6: "busy",
  7: "io",
  8: "readonly",
  10: "io",
  11: "damaged",
  13: "full",
  14: "missing",
  18: "tooBig",
  23: "readonly",
  26: "notADatabase"
}

const details: Readonly<Record<FailureKind, string>> = {
  busy: "another process holds the lock of the file",
  full: "the disk is full",
  io: "the disk or the memory failed",
  readonly: "the file can't be written",
  missing: "the file can't be opened",
  notADatabase: "the file is not a database",
  damaged: "the file is damaged",
  tooBig: "a value is larger than SQLite can store",
  closed: "the store was closed",
  unexpected: "SQLite refused the statement"
}

const kindOf = (cause: unknown): FailureKind => {
  // Stored JSON that doesn't parse.
  if (cause instanceof SyntaxError) return "damaged"
  if (!(cause instanceof Error)) return "unexpected"
  if ("errcode" in cause && typeof cause.errcode === "number") return kinds[cause.errcode & 0xff] ?? "unexpected"
  return "code" in cause && cause.code === "ERR_INVALID_STATE" ? "closed" : "unexpected"
}

/** Names what was thrown. */
export const fromThrown = (stage: SqliteFailure["stage"]) => (cause: unknown): SqliteFailure => {
  const kind = kindOf(cause)
  const message = cause instanceof Error ? cause.message : String(cause)
  return { kind, stage, detail: `${details[kind]} (${message})`, cause }
}

/** The failure of what came after the scope's end. */
export const closed: SqliteFailure = { kind: "closed", stage: "begin", detail: details.closed, cause: undefined }

const eventReason = ({ cause, detail, kind, stage }: SqliteFailure): EventStoreError["reason"] => {
  switch (kind) {
    case "io":
      // A commit whose sync failed may still be on the disk, and be found there after a crash.
      return stage === "commit" ? new OutcomeUnknown({ detail }) : new StoreUnavailable({ detail, cause })
    case "busy":
    case "full":
    case "readonly":
    case "missing":
    case "closed":
      return new StoreUnavailable({ detail, cause })
    case "tooBig":
      return new AppendTooLarge({ counted: "bytes or more in one value", size: 1_000_000_000, limit: 999_999_999 })
    case "damaged":
    case "notADatabase":
    case "unexpected":
      return new StoreUnreadable({ detail: `${detail}. Restore the file from a backup.` })
  }
}

/** The failure as the event store's and the snapshot store's error. */
export const toEventStoreError = (failure: SqliteFailure): EventStoreError =>
  new EventStoreError({ reason: eventReason(failure) })

const retryable: ReadonlySet<FailureKind> = new Set(["busy", "full", "io", "readonly", "missing"])

/** The failure as the view store's error. */
export const toViewStoreError = ({ cause, detail, kind }: SqliteFailure): ViewStoreError =>
  new ViewStoreError({ detail, isRetryable: retryable.has(kind), cause })

/** The failure as the work store's error. */
export const toWorkStoreError = ({ cause, detail, kind }: SqliteFailure): WorkStoreError =>
  new WorkStoreError({ detail, isRetryable: retryable.has(kind), cause })
