import type { EventStoreShape } from "@reventless/core/EventStore"
import type * as Extent from "@reventless/core/Extent"
import * as Partitions from "./partitions.ts"
import type { Place } from "./receipts.ts"

/** An extent that names partitions. */
export type Versions = Extract<Extent.Extent, { readonly _tag: "Versions" }>

/** Marks the version of a partition's last home event in the extent of a token. No partition's name begins with it. */
const homeMark = "~"

/**
 * The extent of an append's token: of each partition that it read or wrote the version up to which it knew it, and of
 * each home, marked, the version of the last event that has it as its home. What was read and holds nothing is named, too:
 * behind an append on an absent boundary, `Boundary.after` knows of the partitions from here alone.
 */
export const extentOf = (
  known: Iterable<readonly [partition: string, version: number]>,
  places: ReadonlyArray<Place>
): Versions => {
  const versions: Record<string, number> = {}
  for (const [partition, version] of known) versions[partition] = version
  for (const [home, version] of places) versions[homeMark + home] = version
  return { _tag: "Versions", versions }
}

/**
 * Whether a consumer of the lane was given what a token stands for. A lane by key follows the partitions of its key; one
 * without order follows the homes. What a token says of other partitions doesn't concern it.
 */
export const reached: EventStoreShape["reached"] = (lane, checkpoint, token) => {
  if (token.extent._tag !== "Versions") return token.extent._tag === "Nothing"
  const seen = checkpoint.extent._tag === "Versions" ? checkpoint.extent.versions : {}
  return Object.entries(token.extent.versions).every(([name, version]) => {
    if (lane._tag === "Keyed") return !Partitions.isOfKey(name, lane.key) || (seen[name] ?? 0) >= version
    return !name.startsWith(homeMark) || (seen[name.slice(homeMark.length)] ?? 0) >= version
  })
}
