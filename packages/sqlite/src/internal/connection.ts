import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite"
import { fromThrown, type SqliteFailure } from "./failure.ts"

/**
 * One connection to the file. SQLite works synchronously, so a transaction never spans a turn of the event loop and
 * nothing else of this process comes between its statements.
 */
export interface Connection {
  readonly sqlite: DatabaseSync
  /** How long to wait for a lock that another process holds, in milliseconds. */
  readonly busyTimeout: number
  /** Prepared statements by their text. */
  readonly statements: Map<string, StatementSync>
  /** What its commits wait for unless they are told otherwise: with `FULL` for the disk, with `NORMAL` for nothing. */
  readonly synchronous: Synchronous
  /** How many transactions that wrote were committed. */
  commits: number
  /** How many of them waited for the disk. */
  syncs: number
  /** What the next commit waits for, as SQLite has it. */
  level: Synchronous
}

export type Synchronous = "FULL" | "NORMAL"

/** Statements that are kept prepared; the texts depend on the shapes of queries, which are few but not bounded. */
const maxStatements = 256

/**
 * How many KiB of pages a connection keeps in memory. A page that isn't there is copied from the system's own cache, a few
 * microseconds; more than this made neither reads of a file of 360 MB nor its commits faster, half of it made large steps of
 * views a third slower.
 */
const pageCache = 4000

/** Time as the processes that share the file have it; a test's own clock can't move them. */
const realClock = Context.get(Context.empty(), Clock.Clock)

/** Runs what has to do with other processes by real time, also in a test that has a clock of its own. */
export const inRealTime = Effect.provideService(Clock.Clock, realClock)

/**
 * The prepared statement of a text.
 *
 * A parameter that alone makes a LIMIT would have SQLite plan the statement again at each run, which costs more than
 * most of ours take; `LIMIT ? + 0` is not looked at when planning.
 */
const statement = (connection: Connection, sql: string): StatementSync => {
  const known = connection.statements.get(sql)
  if (known !== undefined) return known
  if (connection.statements.size >= maxStatements) connection.statements.clear()
  const prepared = connection.sqlite.prepare(sql)
  connection.statements.set(sql, prepared)
  return prepared
}

/** The rows of a statement; the caller says which columns it has. */
export const rows = <Row extends ReadonlyArray<SQLOutputValue>>(
  connection: Connection,
  sql: string,
  ...parameters: ReadonlyArray<SQLInputValue>
): ReadonlyArray<Row> => statement(connection, sql).all(...parameters) as unknown as ReadonlyArray<Row>

/** The first row of a statement. */
export const row = <Row extends ReadonlyArray<SQLOutputValue>>(
  connection: Connection,
  sql: string,
  ...parameters: ReadonlyArray<SQLInputValue>
): Row | undefined => statement(connection, sql).get(...parameters) as unknown as Row | undefined

/** Runs a statement without rows; answers how many rows it changed and the rowid that it inserted. */
export const run = (
  connection: Connection,
  sql: string,
  ...parameters: ReadonlyArray<SQLInputValue>
): { readonly changes: number; readonly rowid: number } => {
  const { changes, lastInsertRowid } = statement(connection, sql).run(...parameters)
  return { changes: Number(changes), rowid: Number(lastInsertRowid) }
}

const guarded = <A>(stage: SqliteFailure["stage"], body: () => A): Result.Result<A, SqliteFailure> =>
  Result.try({ try: body, catch: fromThrown(stage) })

/** Runs the body once, as it is: for reads of one statement, or of what can't change. */
export const read = <A>(body: () => A): Result.Result<A, SqliteFailure> => guarded("body", body)

const rollback = (connection: Connection) =>
  guarded("body", () => connection.sqlite.isTransaction ? run(connection, "ROLLBACK") : undefined)

/** Has commits wait for the disk, or not. Not a prepared statement: SQLite sets it when the text is read. */
const settle = (connection: Connection, level: Synchronous): void => {
  if (connection.level === level) return
  connection.sqlite.exec(`PRAGMA synchronous = ${level}`)
  connection.level = level
}

/**
 * Runs the body in one transaction that holds the write lock from its beginning: all of it, or nothing. With
 * `synchronous` its commit waits for what that says, if the connection waits for so much at all.
 */
export const write = <A>(
  connection: Connection,
  body: () => A,
  synchronous = connection.synchronous
): Result.Result<A, SqliteFailure> => {
  const begun = guarded("begin", () => {
    settle(connection, connection.synchronous === "NORMAL" ? "NORMAL" : synchronous)
    run(connection, "BEGIN IMMEDIATE")
  })
  if (Result.isFailure(begun)) return Result.fail(begun.failure)
  const done = guarded("body", body)
  const ended = Result.flatMap(done, () => guarded("commit", () => run(connection, "COMMIT")))
  if (Result.isFailure(ended)) {
    rollback(connection)
    return Result.fail(ended.failure)
  }
  connection.commits++
  if (connection.level === "FULL") connection.syncs++
  return done
}

/**
 * Tries again while another process holds the lock, for the connection's busy timeout at most. The pauses are random, so
 * that two who wait don't stay in step; a turn of the event loop is given to others in each.
 */
export const attempt = <A>(
  connection: Connection,
  once: () => Result.Result<A, SqliteFailure>
): Effect.Effect<A, SqliteFailure> =>
  Effect.suspend(() => {
    const first = once()
    if (Result.isSuccess(first)) return Effect.succeed(first.success)
    return first.failure.kind === "busy" ? whileBusy(connection, once) : Effect.fail(first.failure)
  })

const whileBusy = Effect.fnUntraced(function*<A>(
  connection: Connection,
  once: () => Result.Result<A, SqliteFailure>
) {
  const start = yield* Clock.monotonicTimeNanos
  const limit = start + BigInt(connection.busyTimeout) * 1_000_000n
  while (true) {
    yield* Effect.sleep(0.5 + 3 * (yield* Random.next))
    const next = once()
    if (Result.isSuccess(next)) return next.success
    if (next.failure.kind !== "busy" || (yield* Clock.monotonicTimeNanos) >= limit) {
      return yield* Effect.fail(next.failure)
    }
  }
}, inRealTime) as <A>(
  connection: Connection,
  once: () => Result.Result<A, SqliteFailure>
) => Effect.Effect<A, SqliteFailure>

/**
 * Opens a connection for as long as the scope lives. Waits, as everything does, while another process holds the file:
 * the settings look into it, and a file that is just being made, or recovered after a crash, is locked.
 */
export const open = Effect.fnUntraced(
  function*(filename: string, synchronous: Synchronous, busyTimeout: number) {
    const connection = yield* Effect.acquireRelease(
      Effect.try({
        try: (): Connection => ({
          sqlite: new DatabaseSync(filename, { timeout: 0, returnArrays: true }),
          busyTimeout,
          statements: new Map(),
          synchronous,
          commits: 0,
          syncs: 0,
          level: synchronous
        }),
        catch: fromThrown("begin")
      }),
      ({ sqlite }) => Effect.sync(() => read(() => sqlite.close()))
    )
    // On macOS a plain sync doesn't reach the disk; elsewhere the two fullfsync settings mean nothing.
    const settings = `PRAGMA synchronous = ${synchronous}; PRAGMA fullfsync = ${synchronous === "FULL" ? 1 : 0};
       PRAGMA checkpoint_fullfsync = 1; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${pageCache}`
    yield* attempt(connection, () => read(() => connection.sqlite.exec(settings)))
    return connection
  }
)
