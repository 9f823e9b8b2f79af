/** `@dcb-es/event-store` in memory and on PostgreSQL: boundaries by types and tags, as ours. */
import {
  AppendConditionError,
  type DcbEvent,
  type EventStore,
  MemoryEventStore,
  Query,
  SequencePosition,
  Tags
} from "@dcb-es/event-store"
import { PostgresEventStore } from "@dcb-es/event-store-postgres"
import * as Effect from "effect/Effect"
import type { Contender } from "./contender.ts"
import { type BenchEvent, type Boundary, type Data, filling, type FoundEvent, perBoundary } from "./event.ts"
import { type Cluster, numbersAsText } from "./postgres.ts"
import * as Promised from "./promised.ts"

const toEvent = ({ data, meta, tags, type }: BenchEvent): DcbEvent => ({
  type,
  tags: Tags.from([...tags]),
  data,
  metadata: meta
})

const toQuery = (boundary: Boundary): Query =>
  Query.fromItems(boundary.map(({ tag, types }) => ({ types: [...types], tags: Tags.from([tag]) })))

const drive = (store: EventStore) =>
  Promised.drive<SequencePosition>({
    append: (event) => store.append({ events: toEvent(event) }),
    read: async (boundary, since) => {
      const events: Array<FoundEvent> = []
      let known = since ?? SequencePosition.initial()
      for await (
        const { event, position } of store.read(toQuery(boundary), since === undefined ? {} : { after: since })
      ) {
        events.push({ type: event.type, data: event.data as Data })
        known = position
      }
      return { events, known }
    },
    appendIf: async (event, boundary, known) => {
      try {
        await store.append({
          events: toEvent(event),
          condition: { failIfEventsMatch: toQuery(boundary), after: known }
        })
        return true
      } catch (error) {
        if (error instanceof AppendConditionError) return false
        throw error
      }
    },
    readAll: async () => {
      let count = 0
      for await (const _ of store.read(Query.all())) count++
      return count
    }
  })

export const memory: Contender = {
  name: "@dcb-es/event-store",
  durability: "memory",
  kind: "peer",
  note: "`@dcb-es/event-store` in memory copies its log at each append and searches all of it at each read.",
  open: (filled) =>
    Effect.sync(() => {
      let position = 0
      const events = Array.from(filling(filled), (event) => ({
        event: toEvent(event),
        position: SequencePosition.fromString(String(++position))
      }))
      return drive(new MemoryEventStore(events))
    })
}

/** The rows that the store itself would write, made by the server; its tag index is built afterwards. */
const fillSql = (size: number) => `
  SET synchronous_commit = off;
  DROP INDEX events_tags_gin;
  INSERT INTO events (type, tags, payload)
    SELECT 'StudentSubscribed', ARRAY['course:' || course, 'student:fill-' || n],
      '{"data":{"courseId":"' || course || '","studentId":"fill-' || n ||
      '","since":"2026-11-22T10:00:00.000Z","channel":"web"},"metadata":{"messageId":"' || id ||
      '","correlationId":"' || id || '","time":1790000000000,"service":"Courses.Subscribe","schemaVersion":1}}'
    FROM (SELECT n, 'fill-' || n % ${size / perBoundary} AS course, gen_random_uuid() AS id
          FROM generate_series(0, ${size - 1}) n) made;
  CREATE INDEX events_tags_gin ON events USING GIN(tags) WITH (fastupdate=off);`

export const postgres = (cluster: Cluster): Contender => ({
  name: "@dcb-es/event-store-postgres",
  durability: "synced",
  kind: "peer",
  open: Effect.fnUntraced(function*(filled) {
    const { pool, setUp } = yield* cluster.database(numbersAsText)
    const store = new PostgresEventStore({ pool })
    yield* Effect.promise(() => store.ensureInstalled())
    if (filled > 0) yield* setUp(fillSql(filled), "VACUUM ANALYZE events")
    return drive(store)
  })
})
