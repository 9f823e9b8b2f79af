import type { EventStoreError, SequencedEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Items from "./items.ts"
import { readAfter, type Table } from "./tableReader.ts"

/** How many items of a partition are read at once. */
const pageSize = 256

/** Where a partition is being read. */
interface Cursor {
  readonly partition: string
  readonly buffer: ReadonlyArray<Items.Copy>
  /** Up to which version it was read. */
  readonly version: number
  readonly end: boolean
}

const fill = (table: Table) => (cursor: Cursor): Effect.Effect<Cursor, EventStoreError> =>
  cursor.buffer.length > 0 || cursor.end
    ? Effect.succeed(cursor)
    : Effect.map(readAfter(table, cursor.partition, cursor.version, pageSize), ({ copies, end, head }) => ({
      partition: cursor.partition,
      buffer: copies,
      version: head.version,
      end
    }))

/** Takes from filled cursors what comes before anything that wasn't read yet: in order of position, each event once. */
const take = (cursors: ReadonlyArray<Cursor>): readonly [ReadonlyArray<Items.Copy>, ReadonlyArray<Cursor>] => {
  const open = cursors.filter(({ end }) => !end)
  const until = Math.min(...open.map(({ buffer }) => buffer.at(-1)?.event.position ?? Infinity))
  const byIdentity = new Map<string, Items.Copy>()
  const rest = cursors.map((cursor): Cursor => {
    const size = cursor.buffer.findIndex(({ event }) => event.position > until)
    const taken = size < 0 ? cursor.buffer : cursor.buffer.slice(0, size)
    for (const copy of taken) byIdentity.set(Items.identity(copy), copy)
    return { ...cursor, buffer: cursor.buffer.slice(taken.length) }
  })
  return [[...byIdentity.values()].sort(Items.compare), rest]
}

/**
 * The events of some partitions that match a query, merged by position. Nothing is filtered by DynamoDB, since that would
 * hide holes; `seen` leaves out what a checkpoint covers.
 */
export const read = (table: Table, options: {
  readonly partitions: ReadonlyArray<string>
  readonly query: Query.Query
  readonly seen: Readonly<Record<string, number>>
}): Stream.Stream<SequencedEvent, EventStoreError> => {
  const { partitions, query, seen } = options
  const isNew = ({ versions }: Items.Copy) =>
    Object.entries(versions).every(([partition, version]) => version > (seen[partition] ?? 0))
  const start = partitions.map((partition): Cursor => ({
    partition,
    buffer: [],
    version: seen[partition] ?? 0,
    end: false
  }))
  return Stream.paginate(
    start,
    Effect.fnUntraced(function*(cursors: ReadonlyArray<Cursor>) {
      const filled = yield* Effect.forEach(cursors, fill(table), { concurrency: "unbounded" })
      const [copies, rest] = take(filled)
      const events = copies.filter((copy) => isNew(copy) && Query.matches(query, copy.event)).map(({ event }) => event)
      const done = rest.every(({ buffer, end }) => end && buffer.length === 0)
      return [events, done ? Option.none() : Option.some(rest)] as const
    })
  )
}
