import * as Effect from "effect/Effect"
import { attempt, type Connection, read, row, run, write } from "./connection.ts"
import type { SqliteFailure } from "./failure.ts"
import * as GroupCommit from "./groupCommit.ts"
import { open } from "./open.ts"
import * as Ownership from "./ownership.ts"
import * as Signals from "./signals.ts"
import * as Sweeper from "./sweeper.ts"

/** How a file is opened and written. */
export interface SqliteOptions {
  /** The path of the file; it is made when it doesn't exist, its folder isn't. */
  readonly filename: string
  /**
   * `FULL` (the default): an append that was acknowledged survives a power cut. `NORMAL` is several times faster on slow
   * disks and risks this: after a power cut or a crash of the operating system the last acknowledged appends can be
   * missing, and what was seen of them elsewhere (an answer, a token, a message that was sent) is wrong. The file stays
   * whole, and views stay in step with the log; the end of a process, even by SIGKILL, loses nothing in either mode.
   */
  readonly synchronous?: "FULL" | "NORMAL" | undefined
  /** How long to wait, in milliseconds, while another process writes. 5,000 unless given. Then: `StoreUnavailable`. */
  readonly busyTimeout?: number | undefined
}

/** An open file. */
export interface Database {
  /** For the log and for work: as durable as was asked for, where a commit isn't told otherwise. */
  readonly log: Connection
  /**
   * For what can be made again from the log: views and snapshots. Its commits don't wait for the disk
   * (`synchronous=NORMAL`). That is safe because both connections append to one write-ahead log: a commit of the log
   * syncs everything before it, and after a power cut SQLite keeps a prefix of the commits. So a view's commit can only
   * survive together with the events it was made from, and what is lost of views is a tail, rows and checkpoint
   * together, which the view engine makes again from the log.
   */
  readonly derived: Connection
  readonly groupCommit: GroupCommit.GroupCommit
  readonly signals: Signals.Signals
  readonly ownership: Ownership.Ownership
  /** Deletes the rows of dropped generations, a few at a time. */
  readonly sweeper: Sweeper.Sweeper
}

/** Opens the file for as long as the scope lives. */
export const make = Effect.fnUntraced(function*(options: SqliteOptions) {
  const { busyTimeout = 5000, filename, synchronous = "FULL" } = options
  const log = yield* open({ filename, synchronous, busyTimeout })
  const derived = yield* open({ filename, synchronous: "NORMAL", busyTimeout })
  const database: Database = {
    log,
    derived,
    groupCommit: yield* GroupCommit.make(log),
    signals: yield* Signals.make(log),
    ownership: yield* Ownership.make(derived),
    sweeper: yield* Sweeper.make(derived)
  }
  return database
})

/** The number that stands for a plugin in this file; given when its name is first seen. */
export const pluginId = (database: Database, name: string): Effect.Effect<number, SqliteFailure> => {
  const { log } = database
  const find = () => row<[number]>(log, "SELECT id FROM plugins WHERE name = ?", name)?.[0]
  return Effect.flatMap(
    attempt(log, () => read(find)),
    (known) =>
      known === undefined
        ? attempt(log, () => write(log, () => find() ?? run(log, "INSERT INTO plugins (name) VALUES (?)", name).rowid))
        : Effect.succeed(known)
  )
}
