import type * as Extent from "@reventless/core/Extent"
import type { Place } from "./receipts.ts"

/** An extent that names partitions. */
export type Versions = Extract<Extent.Extent, { readonly _tag: "Versions" }>

/** Marks the version of a partition's last home event in the extent of a token. No partition's name begins with it. */
const homeMark = "~"

/**
 * The extent of an append's token: of each partition that it read or wrote the version up to which it knew it, and of
 * each home, marked, the version of the last event that has it as its home.
 */
export const extentOf = (
  known: Iterable<readonly [partition: string, version: number]>,
  places: ReadonlyArray<Place>
): Versions => {
  const versions: Record<string, number> = {}
  for (const [partition, version] of known) if (version > 0) versions[partition] = version
  for (const [home, version] of places) versions[homeMark + home] = version
  return { _tag: "Versions", versions }
}
