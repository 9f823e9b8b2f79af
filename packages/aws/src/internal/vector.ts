import type * as Boundary from "@reventless/core/Boundary"
import type { EventStoreError } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import { refuse } from "./failure.ts"
import type * as Heads from "./heads.ts"
import * as Items from "./items.ts"
import { readAfter, type Table } from "./tableReader.ts"

/** What was seen of a query: of each partition that it is read through, how far. */
export type Vector = ReadonlyMap<string, number>

/** What a boundary has seen of the partitions; refused when another kind of store made it. */
export const ofBoundary = (
  { extent }: Boundary.Boundary,
  partitions: ReadonlyArray<string>
): Effect.Effect<Vector, EventStoreError> =>
  extent._tag === "UpTo"
    ? Effect.fail(refuse("the boundary was made by a store with positions"))
    : Effect.succeed(
      new Map(partitions.map((partition) => [
        partition,
        extent._tag === "Nothing" ? 0 : extent.versions[partition] ?? 0
      ]))
    )

/**
 * The extent of heads. A partition that was never written is named, too, at version 0: whoever goes on behind its own
 * append with `Boundary.after` has seen what that append added to it.
 */
export const extentOf = (heads: ReadonlyMap<string, Heads.Head>): Extent.Extent =>
  Extent.versions(Object.fromEntries([...heads].map(([partition, { version }]) => [partition, version])))

/** What was added behind a vector. */
export interface Delta {
  /** The copies that were added, of each event one. In fold order: by position, which in a partition is version order. */
  readonly copies: ReadonlyArray<Items.Copy>
  /** Where the partitions are now. */
  readonly heads: ReadonlyMap<string, Heads.Head>
}

/** Whether an event was seen already, through any partition of the vector. */
const wasSeen = (vector: Vector, { versions }: Items.Copy): boolean =>
  Object.entries(versions).some(([partition, version]) => version <= (vector.get(partition) ?? 0))

/** Reads what was added to some partitions of a vector; an event that was seen through another of them isn't new. */
export const readDelta = Effect.fnUntraced(function*(table: Table, vector: Vector, partitions: Iterable<string>) {
  const read = yield* Effect.forEach(
    partitions,
    (partition) =>
      Effect.map(
        readAfter(table, partition, vector.get(partition)!),
        ({ copies, head }) => ({ partition, copies, head })
      ),
    {
      concurrency: "unbounded"
    }
  )
  const heads = new Map<string, Heads.Head>()
  const added = new Map<string, Items.Copy>()
  for (const { copies, head, partition } of read) {
    heads.set(partition, head)
    for (const copy of copies) if (!wasSeen(vector, copy)) added.set(Items.identity(copy), copy)
  }
  const copies = [...added.values()].sort(Items.compare)
  return { copies, heads } satisfies Delta
})

/** Whether something of a delta belongs to the query. */
export const touches = (query: Query.Query, { copies }: Pick<Delta, "copies">): boolean =>
  copies.some(({ event }) => Query.matches(query, event))

/** The same for copies of which some may have been seen. */
export const touchesNew = (query: Query.Query, vector: Vector, copies: ReadonlyArray<Items.Copy>): boolean =>
  touches(query, { copies: copies.filter((copy) => !wasSeen(vector, copy)) })
