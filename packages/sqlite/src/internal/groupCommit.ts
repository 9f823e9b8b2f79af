import { AppendConflict, type Appended, type EventStoreError } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import type * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import { attempt, type Connection, write } from "./connection.ts"
import * as Events from "./events.ts"
import { closed, type SqliteFailure, toEventStoreError } from "./failure.ts"
import * as Probes from "./probes.ts"

/** No event that matches the query was added after the position. */
export interface AppendCondition {
  readonly query: Query.Query
  readonly after: number
}

/** An append that is to be written: everything about it was checked but what only the log knows. */
export interface AppendRequest {
  readonly plugin: number
  readonly events: ReadonlyArray<Events.EncodedEvent>
  readonly commandId: string | undefined
  /** Each must hold. */
  readonly conditions: ReadonlyArray<AppendCondition>
  /** Told the position of the newest event when the append was written. */
  readonly notify: (head: number) => void
}

/** Writes appends in groups. */
export interface GroupCommit {
  /**
   * Writes the append together with the others that are waiting: one transaction and one sync for all of them, while
   * each has its own conditions and its own result. One that is interrupted before its turn is not written; an
   * interruption later doesn't undo it.
   */
  readonly append: (request: AppendRequest) => Effect.Effect<Appended, AppendConflict | EventStoreError>
}

type Outcome = Effect.Effect<Appended, AppendConflict | EventStoreError>

interface Waiting {
  readonly request: AppendRequest
  readonly resume: (outcome: Outcome) => void
  interrupted: boolean
}

/** How many appends one transaction holds at most, so that others get their turn of the event loop and of the lock. */
const maxGroup = 256

/** Decides and writes one append inside the group's transaction. */
const writeOne = (connection: Connection, heads: Map<number, number>, request: AppendRequest): Appended | undefined => {
  const { commandId, conditions, events, plugin } = request
  const first = commandId === undefined ? undefined : Events.receipt(connection, plugin, commandId)
  if (first !== undefined) return first
  const until = heads.get(plugin) ?? Events.head(connection, plugin)
  if (conditions.some(({ after, query }) => Probes.exists(connection, { plugin, after, until }, query))) {
    return undefined
  }
  const stored = events.map((encoded) => ({ ...encoded.event, position: Events.insert(connection, plugin, encoded) }))
  const last = stored.at(-1)!.position
  if (commandId !== undefined) Events.insertReceipt(connection, plugin, commandId, stored[0]!.position, last)
  heads.set(plugin, last)
  return { events: stored, token: { extent: Extent.upTo(last) }, replayed: false }
}

/** Makes the writer of a database: one fiber, which ends with the scope. What waits then is refused, and not written. */
export const make = Effect.fnUntraced(function*(connection: Connection) {
  const waiting: Array<Waiting> = []
  const filled = yield* Latch.make(false)
  let ended = false

  const commit = Effect.fnUntraced(function*(group: ReadonlyArray<Waiting>) {
    const written = yield* Effect.result(attempt(connection, () =>
      write(connection, () => {
        const heads = new Map<number, number>()
        return group.map(({ request }) => writeOne(connection, heads, request))
      })))
    if (Result.isSuccess(written)) {
      settle(group, written.success)
      return
    }
    if (written.failure.stage === "body" && group.length > 1) {
      // One of them can't be written (a value is too large, say). Alone each finds out for itself, and nobody else does.
      for (const one of group) yield* commitAlone(one)
      return
    }
    for (const { resume } of group) resume(refused(written.failure))
  })
  const commitAlone = (one: Waiting): Effect.Effect<void> => commit([one])

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      ended = true
      for (const { resume } of waiting.splice(0)) resume(refused(closed))
    })
  )
  yield* filled.await.pipe(
    // One turn of the event loop, in which everybody who is about to append joins the group.
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

  const append: GroupCommit["append"] = (request) =>
    Effect.callback((resume) => {
      if (ended) {
        resume(refused(closed))
        return
      }
      const entry: Waiting = { request, resume, interrupted: false }
      waiting.push(entry)
      filled.openUnsafe()
      return Effect.sync(() => {
        entry.interrupted = true
      })
    })
  return { append }
})

const refused = (failure: SqliteFailure): Outcome => Effect.fail(toEventStoreError(failure))

/**
 * Tells what waits for the log, then everybody in the group what became of their append. Those who lost come first: a
 * fiber goes on at once, so they read and try again before the winner can, and writers of one boundary win in turn.
 */
const settle = (group: ReadonlyArray<Waiting>, results: ReadonlyArray<Appended | undefined>): void => {
  const heads = new Map<AppendRequest["notify"], number>()
  group.forEach(({ request }, index) => {
    const result = results[index]
    if (result !== undefined && !result.replayed) heads.set(request.notify, result.events.at(-1)!.position)
  })
  for (const [notify, head] of heads) notify(head)
  group.forEach(({ resume }, index) => {
    if (results[index] === undefined) resume(Effect.fail(new AppendConflict()))
  })
  group.forEach(({ resume }, index) => {
    const result = results[index]
    if (result !== undefined) resume(Effect.succeed(result))
  })
}
