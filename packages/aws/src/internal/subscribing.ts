import type { Batch, EventStoreError, SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import type * as Lane from "@reventless/core/Lane"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { DoorbellsShape, Ring } from "../Doorbells.ts"
import type { Item } from "../Dynamo.ts"
import * as Following from "./following.ts"
import * as Items from "./items.ts"
import * as Partitions from "./partitions.ts"
import { untilAnswered } from "./retries.ts"
import type { Table } from "./tableReader.ts"

/** In how many parts a table is scanned at the same time. */
const segments = 4

/** The copies of a store's events among items, in their order. */
const copiesOf = (table: Table, items: ReadonlyArray<Item>) =>
  Items.decodeCopies(
    table.prefix,
    items.filter(({ pk }) => {
      const name = pk?.S ?? ""
      return name.startsWith(table.prefix) && Partitions.holdsEvents(name.slice(table.prefix.length))
    })
  )

/** Every item of the table, a page at a time; within a partition in order of version. */
const scan = (table: Table): Stream.Stream<ReadonlyArray<Items.Copy>, EventStoreError> =>
  Stream.mergeAll(
    Array.from({ length: segments }, (_, segment) =>
      Stream.paginate(undefined, (from: Item | undefined) =>
        Effect.gen(function*() {
          const { Items: items = [], LastEvaluatedKey: next } = yield* untilAnswered(
            table.name,
            table.dynamo.send("Scan", {
              TableName: table.name,
              ConsistentRead: true,
              Segment: segment,
              TotalSegments: segments,
              ...(from === undefined ? {} : { ExclusiveStartKey: from })
            })
          )
          return [[yield* copiesOf(table, items)], Option.fromUndefinedOr(next)] as const
        }))),
    { concurrency: segments }
  )

/**
 * The events of a lane, from a checkpoint on and then as they are added. Listening begins before the table is scanned, so
 * that nothing is added unheard in between; what is told twice is delivered once.
 */
export const subscribe = (table: Table, doorbells: DoorbellsShape, options: {
  readonly lane: Lane.Lane
  readonly seen: Readonly<Record<string, number>>
}): Stream.Stream<Batch, EventStoreError> =>
  Stream.unwrap(Effect.gen(function*() {
    const listener = yield* doorbells.listen(table.name)
    const follower = Following.make(table, options.lane, options.seen)
    const batch = (events: ReadonlyArray<SequencedEvent>, caughtUp: boolean): Batch => ({
      events,
      checkpoint: { extent: Extent.versions(follower.versions()) },
      caughtUp
    })

    const deliverCopies = (copies: ReadonlyArray<Items.Copy>) =>
      Effect.map(Effect.forEach(copies, follower.saw), (delivered) => delivered.flat())

    const deliverRing = (ring: Ring) =>
      ring._tag === "Rescan" || !ring.partition.startsWith(table.prefix)
        ? Effect.succeed([])
        : ring.item !== undefined
        ? Effect.flatMap(copiesOf(table, [ring.item]), deliverCopies)
        : follower.rang(ring.partition.slice(table.prefix.length), ring.version)

    const deliverRings = Effect.fnUntraced(function*(rings: ReadonlyArray<Ring>) {
      const before = follower.moves()
      const delivered = yield* Effect.forEach(rings, deliverRing)
      return follower.moves() === before ? [] : [batch(delivered.flat(), true)]
    })

    const scanned = scan(table).pipe(
      Stream.mapEffect(deliverCopies),
      Stream.filter((events) => events.length > 0),
      Stream.map((events) => batch(events, false)),
      Stream.concat(Stream.sync(() => batch([], true)))
    )
    const live = Stream.fromEffectRepeat(listener.take).pipe(
      Stream.flatMap((rings) =>
        // A ring is waited for until it is seen; a scan takes what it sees. So what rang is delivered after a scan, too.
        Stream.concat(
          rings.some(({ _tag }) => _tag === "Rescan") ? scanned : Stream.empty,
          Stream.fromIterableEffect(deliverRings(rings))
        )
      )
    )
    return Stream.concat(scanned, live)
  }))
