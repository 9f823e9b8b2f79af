/**
 * The work store on an SQLite file. What is added, put, finished, replayed or cancelled is on the disk when the operation
 * answers, as an append is. A lease isn't waited for: a power cut ends whoever held it, and what is missing afterwards is
 * that the item was leased, or leased for longer. Nor is the end of work that is repeatable: the item may be found leased
 * after a power cut. All is written to one write-ahead log, so what comes after it is missing then, too, and nothing else
 * that is finished is ever found leased again.
 *
 * Changes that wait to be written at the same time, and appends that do, share one transaction and one sync. A change that
 * is interrupted before its turn is not written.
 *
 * What an operation costs doesn't depend on how many items wait, or are done. All plugins of the file share the numbers
 * of items: those of one queue increase and have gaps.
 */
import {
  type LeasedWork,
  type NewWork,
  type WorkResult,
  WorkStoreError,
  type WorkStoreShape
} from "@reventless/core/WorkStore"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { attempt, type Connection, read, type Synchronous, write } from "./internal/connection.ts"
import * as Database from "./internal/database.ts"
import { toWorkStoreError } from "./internal/failure.ts"
import * as Work from "./internal/work.ts"
import * as Items from "./internal/workItems.ts"

const refuse = (detail: string) => Effect.fail(new WorkStoreError({ detail, isRetryable: false }))

/** Refuses what SQLite would alter: it replaces a lone surrogate. Content has no such danger: JSON escapes it. */
const wellFormed = (texts: ReadonlyArray<string>): Effect.Effect<void, WorkStoreError> => {
  const malformed = texts.find((text) => !text.isWellFormed())
  return malformed === undefined
    ? Effect.void
    : refuse(`${JSON.stringify(malformed)} has a lone surrogate, which is no valid text`)
}

const encode = (value: Schema.Json, of: string): Effect.Effect<string, WorkStoreError> => {
  const text = Result.try(() => JSON.stringify(value) as string | undefined)
  if (Result.isFailure(text)) return refuse(`the content of '${of}' is not JSON: ${String(text.failure)}`)
  return text.success === undefined ? refuse(`'${of}' has no content`) : Effect.succeed(text.success)
}

const encodeItem = Effect.fnUntraced(function*({ content, due, id, lane }: NewWork) {
  yield* wellFormed([id, lane])
  return { id, lane, due, content: yield* encode(content, id) }
})

/** An item that was leased when it was added. */
const leasedAtOnce = ({ content, due, id, lane }: NewWork, sequence: number, now: number): LeasedWork => ({
  id,
  lane,
  due,
  content,
  sequence,
  state: "Leased",
  attempts: 1,
  reason: undefined,
  outcome: undefined,
  time: now,
  lease: 1
})

const unchanged = { due: undefined, content: undefined, attempts: undefined, reason: undefined, outcome: undefined }

/** What an item becomes, in the form in which it is stored; undefined when it is forgotten. */
const encodeResult = Effect.fnUntraced(function*(
  { attempts, id, reason }: LeasedWork,
  result: WorkResult,
  now: number
): Effect.fn.Return<Work.Finished | undefined, WorkStoreError> {
  switch (result._tag) {
    case "Done": {
      const outcome = result.outcome === undefined ? undefined : yield* encode(result.outcome, id)
      return { ...unchanged, state: "Done", outcome }
    }
    case "Again": {
      const { content, due } = result
      return { ...unchanged, state: "Pending", due, content: yield* encode(content, id), attempts: 0 }
    }
    case "Retry":
      return { ...unchanged, state: "Pending", due: result.due, reason: result.reason.toWellFormed() }
    case "Release":
      return { ...unchanged, state: "Pending", due: now, attempts: attempts - 1, reason }
    case "Park":
      return { ...unchanged, state: "Parked", reason: result.reason.toWellFormed() }
    case "Forget":
      return undefined
  }
})

/** Makes the work store of one plugin in an open file. */
export const make = Effect.fnUntraced(function*(database: Database.Database, name: string) {
  const { log } = database
  yield* wellFormed([name])
  const plugin = yield* Effect.mapError(Database.pluginId(database, name), toWorkStoreError)
  const { changed, notify } = database.signals.of(`work:${plugin}`, () => Items.changes(log, plugin))
  const queueOf = (name: string): Items.Queue => ({ plugin, name })

  // On the connection that nearly all of it is written by: what one connection commits, another one reads anew.
  const look = <A>(body: () => A): Effect.Effect<A, WorkStoreError> =>
    Effect.mapError(attempt(log, () => read(body)), toWorkStoreError)

  /** Leases: they don't wait for the disk, nor for others, and are no change. */
  const hold = <A>(body: (connection: Connection) => A): Effect.Effect<A, WorkStoreError> =>
    Effect.mapError(attempt(log, () => write(log, () => body(log), "NORMAL")), toWorkStoreError)

  /** Changes, which wait for the disk, together with what else is to be written. */
  const changeIf = <A>(
    body: (connection: Connection) => A,
    isChange: (result: A) => boolean,
    synchronous?: Synchronous
  ): Effect.Effect<A, WorkStoreError> =>
    Effect.mapError(
      database.groupCommit.write(({ connection, news }) => {
        const result = body(connection)
        if (isChange(result) && !news.has(notify)) news.set(notify, Items.count(connection, plugin))
        return result
      }, synchronous),
      toWorkStoreError
    )
  const change = (body: (connection: Connection) => boolean, synchronous?: Synchronous) =>
    changeIf(body, (changed) => changed, synchronous)

  /** Adds items; answers those that were new with what they became. */
  const insert = Effect.fnUntraced(
    function*(queue: string, items: ReadonlyArray<NewWork>, now: number, lease?: number) {
      yield* wellFormed([queue])
      const encoded = yield* Effect.forEach(items, encodeItem)
      if (encoded.length === 0) return []
      return yield* changeIf((connection) =>
        encoded.flatMap((item, index) => {
          const inserted = Work.insert(connection, queueOf(queue), item, now, lease)
          return inserted === undefined ? [] : [{ item: items[index]!, ...inserted }]
        }), (added) => added.length > 0)
    }
  )

  const store: WorkStoreShape = {
    add: (queue, items, now) => Effect.asVoid(insert(queue, items, now)),
    addLeased: (queue, items, { lease, now }) =>
      Effect.map(
        insert(queue, items, now, lease),
        (added) => added.flatMap(({ isLeased, item, sequence }) => isLeased ? [leasedAtOnce(item, sequence, now)] : [])
      ),
    put: Effect.fnUntraced(function*(queue, item, now) {
      yield* wellFormed([queue])
      const encoded = yield* encodeItem(item)
      yield* change((connection) => {
        Work.remove(connection, queueOf(queue), item.id, true)
        return Work.insert(connection, queueOf(queue), encoded, now) !== undefined
      })
    }),
    take: Effect.fnUntraced(function*(queue, options) {
      // Most looks find nothing: the lock is for those that do.
      const found = yield* look(() => Work.ready(log, queueOf(queue), options))
      if (found.length === 0) return []
      return yield* hold((connection) =>
        Work.ready(connection, queueOf(queue), options).map((sequence) => Work.lease(connection, sequence, options))
      )
    }),
    extend: (queue, item, options) => hold((connection) => Work.extend(connection, queueOf(queue), item, options)),
    finish: Effect.fnUntraced(function*(queue, item, result, now) {
      const finished = yield* encodeResult(item, result, now)
      const synchronous = result._tag === "Done" && result.isRepeatable === true ? "NORMAL" : "FULL"
      return yield* change((connection) =>
        finished === undefined
          ? Work.forget(connection, queueOf(queue), item)
          : Work.finish(connection, queueOf(queue), item, finished, now), synchronous)
    }),
    next: (queue) => look(() => Items.next(log, queueOf(queue))),
    get: (queue, id) => look(() => Items.get(log, queueOf(queue), id)),
    list: (queue, query) => look(() => Items.list(log, queueOf(queue), query)),
    replay: (queue, id, now) => change((connection) => Work.replay(connection, queueOf(queue), id, now)),
    complete: Effect.fnUntraced(function*(queue, id, outcome, now) {
      const encoded = outcome === undefined ? undefined : yield* encode(outcome, id)
      return yield* change((connection) => Work.complete(connection, queueOf(queue), id, encoded, now))
    }),
    cancel: (queue, id) => change((connection) => Work.remove(connection, queueOf(queue), id, false)),
    changed
  }
  return store
})
