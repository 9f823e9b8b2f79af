/**
 * `@event-driven-io/emmett` in memory and on PostgreSQL. Its boundary is a stream with an expected version: an event is
 * appended to the stream of the boundary's tag. A boundary of two tags is two streams, which can't be appended to in one
 * step: the event goes to one after the other, each on its expected version, and isn't atomic.
 */
import {
  type Event,
  type EventStore,
  getInMemoryEventStore,
  isExpectedVersionConflictError
} from "@event-driven-io/emmett"
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql"
import * as Effect from "effect/Effect"
import type { Contender } from "./contender.ts"
import { type BenchEvent, type Boundary, type Data, filling, type FoundEvent, perBoundary } from "./event.ts"
import type { Cluster } from "./postgres.ts"
import * as Promised from "./promised.ts"

/** The version of each stream of a boundary. */
type Versions = ReadonlyArray<bigint>

const toEvent = ({ data, meta, type }: BenchEvent) => ({ type, data, metadata: meta }) as unknown as Event

const drive = (store: EventStore, stream: (tag: string) => string) => {
  const readStream = async (tag: string, since: bigint | undefined, start: bigint) => {
    const { currentStreamVersion, events } = await store.readStream(
      stream(tag),
      since === undefined ? undefined : { from: since + start }
    )
    return {
      events: events.map(({ data, type }): FoundEvent => ({ type, data: data as Data })),
      version: events.length === 0 && since !== undefined ? since : currentStreamVersion
    }
  }
  return (start: bigint) =>
    Promised.drive<Versions>({
      append: (event) => store.appendToStream(stream(event.tags[0]), [toEvent(event)]),
      read: async (boundary, since) => {
        const found = await Promise.all(boundary.map(({ tag }, index) => readStream(tag, since?.[index], start)))
        return { events: found.flatMap(({ events }) => events), known: found.map(({ version }) => version) }
      },
      appendIf: async (event, boundary: Boundary, known) => {
        try {
          for (const [index, { tag }] of boundary.entries()) {
            await store.appendToStream(stream(tag), [toEvent(event)], { expectedStreamVersion: known[index]! })
          }
          return true
        } catch (error) {
          if (isExpectedVersionConflictError(error)) return false
          throw error
        }
      }
    })
}

const streamOf = (tag: string): string => tag.replace(":", "-")

const note =
  "emmett's boundary is a stream with an expected version. A decision over a course and a student reads two streams and " +
  "appends to one after the other: that is not atomic, and its figure is for work that promises less."

export const memory: Contender = {
  name: "@event-driven-io/emmett",
  durability: "memory",
  kind: "peer",
  largest: 100_000,
  note: `${note} In memory it counts the events of all streams at each append, so it isn't filled beyond 100,000.`,
  open: Effect.fnUntraced(function*(filled) {
    const store = getInMemoryEventStore()
    const streams = new Map<string, Array<Event>>()
    for (const event of filling(filled)) {
      const name = streamOf(event.tags[0])
      streams.set(name, [...streams.get(name) ?? [], toEvent(event)])
    }
    for (const [name, events] of streams) yield* Effect.promise(() => store.appendToStream(name, events))
    return drive(store, streamOf)(0n)
  })
}

const dataSql =
  "jsonb_build_object('courseId', course, 'studentId', 'fill-' || n, 'since', '2026-11-22T10:00:00.000Z', " +
  "'channel', 'web')"
const metaSql = "jsonb_build_object('messageId', id, 'correlationId', id, 'time', 1790000000000, " +
  "'service', 'Courses.Subscribe', 'schemaVersion', 1)"

/** The rows that the store itself would write, made by the server. */
const fillSql = (size: number) => `
  SET synchronous_commit = off;
  INSERT INTO emt_streams (stream_id, stream_position, stream_type, stream_metadata)
    SELECT 'course-fill-' || n, ${perBoundary}, 'course', '{}' FROM generate_series(0, ${size / perBoundary - 1}) n;
  INSERT INTO emt_messages (stream_id, stream_position, transaction_id, message_schema_version, message_id, message_type,
      message_data, message_metadata)
    SELECT 'course-' || course, 1 + n / ${size / perBoundary}, pg_current_xact_id(), '1', id::text, 'StudentSubscribed',
      ${dataSql}, ${metaSql}
    FROM (SELECT n, 'fill-' || n % ${size / perBoundary} AS course, gen_random_uuid() AS id
          FROM generate_series(0, ${size - 1}) n) made;`

export const postgres = (cluster: Cluster): Contender => ({
  name: "@event-driven-io/emmett-postgresql",
  durability: "synced",
  kind: "peer",
  note,
  open: Effect.fnUntraced(function*(filled) {
    const { pool, setUp, url } = yield* cluster.database()
    const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } })
    yield* Effect.promise(() => store.schema.migrate())
    if (filled > 0) yield* setUp(fillSql(filled), "VACUUM ANALYZE emt_streams, emt_messages")
    return drive(store as unknown as EventStore, streamOf)(1n)
  })
})
