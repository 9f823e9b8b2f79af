import type { Batch, EventStoreError, SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import type * as Lane from "@reventless/core/Lane"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Following from "./following.ts"
import type { Copy } from "./items.ts"
import type { Listen, Ring } from "./rings.ts"
import * as Scanning from "./scanning.ts"
import type { Table } from "./tableReader.ts"

/** What is followed, and from where. */
export interface Options {
  readonly lane: Lane.Lane
  /** How far each partition was delivered before. */
  readonly seen: Readonly<Record<string, number>>
}

/** Follows a lane of a table. */
export type Subscribe = (table: Table, options: Options) => Stream.Stream<Batch, EventStoreError>

/**
 * The events of a lane, from a checkpoint on and then as they are added. Listening begins before the table is scanned, so
 * that nothing is added unheard in between; what is told twice is delivered once.
 */
export const subscribe = (
  table: Table,
  listen: Listen,
  options: Options
): Stream.Stream<Batch, EventStoreError> =>
  Stream.unwrap(Effect.gen(function*() {
    const listener = yield* listen(table.name)
    const follower = Following.make(table, options.lane, options.seen)
    const batch = (events: ReadonlyArray<SequencedEvent>, caughtUp: boolean): Batch => ({
      events,
      checkpoint: { extent: Extent.versions(follower.versions()) },
      caughtUp
    })

    const deliverCopies = (copies: ReadonlyArray<Copy>) =>
      Effect.map(Effect.forEach(copies, follower.saw), (delivered) => delivered.flat())

    const deliverRing = (ring: Ring) =>
      ring._tag === "Rescan" || !ring.partition.startsWith(table.prefix)
        ? Effect.succeed([])
        : ring.item !== undefined
        ? Effect.flatMap(Scanning.copiesOf(table, [ring.item]), deliverCopies)
        : follower.rang(ring.partition.slice(table.prefix.length), ring.version)

    const deliverRings = Effect.fnUntraced(function*(rings: ReadonlyArray<Ring>) {
      const before = follower.moves()
      const delivered = yield* Effect.forEach(rings, deliverRing)
      return follower.moves() === before ? [] : [batch(delivered.flat(), true)]
    })

    const scanned = Scanning.scan(table).pipe(
      Stream.mapEffect((items) => Effect.flatMap(Scanning.copiesOf(table, items), deliverCopies)),
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
