import type { EventStoreError, SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import type * as Lane from "@reventless/core/Lane"
import * as Effect from "effect/Effect"
import type { Copy } from "./items.ts"
import * as Partitions from "./partitions.ts"
import { readCopy, readUntil, type Table } from "./tableReader.ts"

/** How far a partition was delivered. */
interface Place {
  /** Up to which version it was looked at. */
  readonly version: number
  /** How many events up to there have the partition as their home; undefined when nobody has looked. */
  readonly homeSeq: number | undefined
}

const start: Place = { version: 0, homeSeq: 0 }

/**
 * A consumer of one lane: whatever tells it of a copy, and however often and in whatever order, it delivers each event of
 * the lane once and in order. What it is told of is only a reason to look: what is missing before it is read.
 */
export interface Follower {
  /** Takes note of a copy. Answers the events to deliver now. */
  readonly saw: (copy: Copy) => Effect.Effect<ReadonlyArray<SequencedEvent>, EventStoreError>
  /** Takes note that a partition has come to a version. Answers the events to deliver now. */
  readonly rang: (
    partition: string,
    version: number
  ) => Effect.Effect<ReadonlyArray<SequencedEvent>, EventStoreError>
  /** How often a partition went on. */
  readonly moves: () => number
  /** How far each partition of the lane was delivered. */
  readonly versions: () => Readonly<Record<string, number>>
}

/** Makes a consumer that has come so far. */
export const make = (table: Table, lane: Lane.Lane, seen: Readonly<Record<string, number>>): Follower => {
  const types = new Set(lane.types)
  const places = new Map<string, Place>(
    Object.entries(seen).map(([partition, version]) => [partition, { version, homeSeq: undefined }])
  )
  const placeOf = (partition: string): Place => places.get(partition) ?? start
  let delivered: Array<SequencedEvent> = []
  let moves = 0

  const goOn = (partition: string, place: Place) => {
    places.set(partition, place)
    moves++
  }

  const deliver = ({ event }: Copy, seen: ReadonlyArray<readonly [partition: string, version: number]>) => {
    if (types.has(event.type)) delivered.push({ ...event, extent: Extent.versions(Object.fromEntries(seen)) })
  }

  const drain = <E>(effect: Effect.Effect<void, E>): Effect.Effect<ReadonlyArray<SequencedEvent>, E> =>
    Effect.map(effect, () => {
      const events = delivered
      delivered = []
      return events
    })

  /** Delivers what stands in a partition between what was delivered and a version that is known to be committed. */
  const readGap = Effect.fnUntraced(
    function*(partition: string, until: number): Effect.fn.Return<void, EventStoreError> {
      const { version } = placeOf(partition)
      const copies = yield* readUntil(table, partition, version, until)
      for (const copy of copies) yield* next(copy)
    }
  )

  /** Keyed: an event comes when all that precedes it in each of its partitions of the key has come. */
  const nextKeyed = Effect.fnUntraced(function*(copy: Copy, key: string): Effect.fn.Return<void, EventStoreError> {
    const versions = Object.entries(copy.versions).filter(([partition]) => Partitions.isOfKey(partition, key))
    if (versions.every(([partition, version]) => version <= placeOf(partition).version)) return
    for (const [partition, version] of versions) {
      if (placeOf(partition).version < version - 1) yield* readGap(partition, version - 1)
    }
    for (const [partition, version] of versions) goOn(partition, { version, homeSeq: undefined })
    deliver(copy, versions)
  })

  /** Without order: an event comes from its home, where the numbers of home events have no gaps. */
  const nextHome = Effect.fnUntraced(function*(copy: Copy): Effect.fn.Return<void, EventStoreError> {
    const { home, homeSeq, partition, version } = copy
    const place = placeOf(partition)
    if (version <= place.version) return
    const follows = version === place.version + 1 ||
      (place.homeSeq !== undefined && homeSeq === place.homeSeq + (home ? 1 : 0))
    if (!follows) return yield* readGap(partition, version)
    if (homeSeq > 0) goOn(partition, { version, homeSeq })
    if (home) deliver(copy, [[partition, version]])
  })

  const next = (copy: Copy): Effect.Effect<void, EventStoreError> =>
    lane._tag === "Keyed" ? nextKeyed(copy, lane.key) : nextHome(copy)

  const isRelevant = (partition: string): boolean =>
    lane._tag === "Keyed" ? Partitions.isOfKey(partition, lane.key) : Partitions.holdsEvents(partition)

  return {
    saw: (copy) => isRelevant(copy.partition) ? drain(next(copy)) : Effect.succeed([]),
    rang: (partition, version) =>
      !isRelevant(partition) || placeOf(partition).version >= version
        ? Effect.succeed([])
        : lane._tag === "Keyed"
        ? drain(readGap(partition, version))
        : drain(Effect.flatMap(readCopy(table, partition, version), next)),
    moves: () => moves,
    versions: () => Object.fromEntries([...places].map(([partition, { version }]) => [partition, version]))
  }
}
