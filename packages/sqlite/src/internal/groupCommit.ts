import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import { attempt, type Connection, type Synchronous, write as writeAlone } from "./connection.ts"
import { closed, type SqliteFailure } from "./failure.ts"

/** A transaction that several writes share, and what is known in it. */
export interface Transaction {
  readonly connection: Connection
  /** The position of each plugin's newest event, where a write looked it up or moved it. */
  readonly heads: Map<number, number>
  /** Who is told when it is committed, and what: once each, however many writes have news for them. */
  readonly news: Map<(value: number) => void, number>
}

/** Writes in groups. */
export interface GroupCommit {
  /**
   * Runs the body together with those of others that are waiting: one transaction and one sync for all of them, while
   * each has its own result, or its own failure. One that is interrupted before its turn is not run; an interruption
   * later doesn't undo it. The body may be run again in a transaction of its own when another one of the group fails, so
   * all that it does is to write, and to note in the transaction.
   *
   * With `NORMAL` it doesn't wait for the disk, unless others of its group do: a power cut may undo it.
   *
   * Those whose result is undefined, who lost to somebody in the log, go on first: they read and try again before the
   * winner can, and writers of one boundary win in turn.
   */
  readonly write: <A>(
    body: (transaction: Transaction) => A,
    synchronous?: Synchronous
  ) => Effect.Effect<A, SqliteFailure>
}

interface Waiting {
  readonly body: (transaction: Transaction) => unknown
  readonly synchronous: Synchronous
  readonly resume: (outcome: Effect.Effect<any, SqliteFailure>) => void
  interrupted: boolean
}

/** How many writes one transaction holds at most, so that others get their turn of the event loop and of the lock. */
const maxGroup = 256

/** Makes the writer of a database: one fiber, which ends with the scope. What waits then is refused, and not written. */
export const make = Effect.fnUntraced(function*(connection: Connection) {
  const waiting: Array<Waiting> = []
  const filled = yield* Latch.make(false)
  let ended = false

  const commit = Effect.fnUntraced(function*(group: ReadonlyArray<Waiting>) {
    const written = yield* Effect.result(attempt(connection, () =>
      writeAlone(connection, () => {
        const transaction: Transaction = { connection, heads: new Map(), news: new Map() }
        return { results: group.map(({ body }) => body(transaction)), news: transaction.news }
      }, group.some(({ synchronous }) => synchronous === "FULL") ? "FULL" : "NORMAL")))
    if (Result.isSuccess(written)) {
      for (const [tell, value] of written.success.news) tell(value)
      settle(group, written.success.results)
      return
    }
    if (written.failure.stage === "body" && group.length > 1) {
      // One of them can't be written (a value is too large, say). Alone each finds out for itself, and nobody else does.
      for (const one of group) yield* commitAlone(one)
      return
    }
    for (const { resume } of group) resume(Effect.fail(written.failure))
  })
  const commitAlone = (one: Waiting): Effect.Effect<void> => commit([one])

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      ended = true
      for (const { resume } of waiting.splice(0)) resume(Effect.fail(closed))
    })
  )
  yield* filled.await.pipe(
    // One turn of the event loop, in which everybody who is about to write joins the group.
    Effect.andThen(Effect.yieldNow),
    Effect.andThen(Effect.suspend(() => {
      const group = waiting.splice(0, maxGroup).filter(({ interrupted }) => !interrupted)
      if (waiting.length === 0) filled.closeUnsafe()
      // A group that was taken is answered, also when the scope ends meanwhile.
      return group.length === 0 ? Effect.void : Effect.uninterruptible(commit(group))
    })),
    Effect.forever({ disableYield: true }),
    Effect.forkScoped
  )

  const write: GroupCommit["write"] = (body, synchronous = "FULL") =>
    Effect.callback((resume) => {
      if (ended) {
        resume(Effect.fail(closed))
        return
      }
      const entry: Waiting = { body, synchronous, resume, interrupted: false }
      waiting.push(entry)
      filled.openUnsafe()
      return Effect.sync(() => {
        entry.interrupted = true
      })
    })
  return { write }
})

/** Tells everybody in the group what became of their write, first those who lost: a fiber goes on at once. */
const settle = (group: ReadonlyArray<Waiting>, results: ReadonlyArray<unknown>): void => {
  for (const lost of [true, false]) {
    group.forEach(({ resume }, index) => {
      const result = results[index]
      if ((result === undefined) === lost) resume(Effect.succeed(result))
    })
  }
}
