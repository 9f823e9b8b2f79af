/**
 * `@castore/event-storage-adapter-in-memory`. Its boundary is an aggregate: an event is pushed with the next version, and
 * refused when that is taken. A boundary of two tags is two aggregates, whose events are pushed as one group.
 */
import { isEventAlreadyExistsError } from "@castore/core"
import { InMemoryEventStorageAdapter } from "@castore/event-storage-adapter-in-memory"
import * as Effect from "effect/Effect"
import type { Contender } from "./contender.ts"
import { type BenchEvent, type Data, filling } from "./event.ts"
import * as Promised from "./promised.ts"

/** The version of each aggregate of a boundary. */
type Versions = ReadonlyArray<number>

const eventStoreId = "courses"

const toEvent = ({ data, meta, type }: BenchEvent, aggregateId: string, version: number) => ({
  aggregateId,
  version,
  type,
  timestamp: new Date(meta.time).toISOString(),
  payload: data,
  metadata: meta
})

const drive = (adapter: InMemoryEventStorageAdapter) =>
  Promised.drive<Versions>({
    append: (event, index) => adapter.pushEvent(toEvent(event, event.tags[0], index + 1), { eventStoreId }),
    read: async (boundary, since) => {
      const found = await Promise.all(boundary.map(async ({ tag }, index) => {
        const before = since?.[index] ?? 0
        const { events } = await adapter.getEvents(tag, { eventStoreId }, { minVersion: before + 1 })
        return { events, version: events.at(-1)?.version ?? before }
      }))
      return {
        events: found.flatMap(({ events }) => events.map(({ payload, type }) => ({ type, data: payload as Data }))),
        known: found.map(({ version }) => version)
      }
    },
    appendIf: async (event, boundary, known) => {
      const events = boundary.map(({ tag }, index) => toEvent(event, tag, known[index]! + 1))
      const [first, ...rest] = events.map((one) => {
        const grouped = adapter.groupEvent(one)
        grouped.context = { eventStoreId }
        return grouped
      })
      try {
        if (rest.length === 0) await adapter.pushEvent(events[0]!, { eventStoreId })
        else await adapter.pushEventGroup({}, first!, ...rest)
        return true
      } catch (error) {
        if (isEventAlreadyExistsError(error)) return false
        throw error
      }
    }
  })

export const memory: Contender = {
  name: "@castore/event-storage-adapter-in-memory",
  durability: "memory",
  kind: "peer",
  largest: 100_000,
  note:
    "castore's adapter has aggregates with versions and no log of all events, so it has no figure for reading all. " +
    "Filling it with more than 100,000 events takes minutes.",
  open: (filled) =>
    Effect.sync(() => {
      const versions = new Map<string, number>()
      const initialEvents = Array.from(filling(filled), (event) => {
        const version = (versions.get(event.tags[0]) ?? 0) + 1
        versions.set(event.tags[0], version)
        return toEvent(event, event.tags[0], version)
      })
      return drive(new InMemoryEventStorageAdapter({ initialEvents }))
    })
}
