/**
 * How much of a log somebody has seen. A store writes it in its own exact way: a position in a log with one order, a
 * vector of partition versions where there is none. Only the store that made an extent may interpret it.
 */
import * as Schema from "effect/Schema"

/** How much of a log was seen. */
export type Extent =
  /** Nothing: the log from its beginning on is still to be seen. */
  | { readonly _tag: "Nothing" }
  /** Everything up to a position, and including it. */
  | { readonly _tag: "UpTo"; readonly position: number }
  /** Of each partition everything up to a version, and including it. */
  | { readonly _tag: "Versions"; readonly versions: Readonly<Record<string, number>> }

/** The schema of an extent. */
export const Extent: Schema.Codec<Extent> = Schema.Union([
  Schema.TaggedStruct("Nothing", {}),
  Schema.TaggedStruct("UpTo", { position: Schema.Natural }),
  Schema.TaggedStruct("Versions", { versions: Schema.Record(Schema.String, Schema.Natural) })
])

/** Nothing was seen. */
export const nothing: Extent = { _tag: "Nothing" }

/** Everything up to `position` was seen. */
export const upTo = (position: number): Extent => ({ _tag: "UpTo", position })

/** Of each partition everything up to its version was seen. */
export const versions = (byPartition: Readonly<Record<string, number>>): Extent => ({
  _tag: "Versions",
  versions: byPartition
})

/** Whether everything of `part` was seen by `whole`. Extents of different kinds don't include each other. */
export const includes = (whole: Extent, part: Extent): boolean => {
  switch (part._tag) {
    case "Nothing":
      return true
    case "UpTo":
      return whole._tag === "UpTo" && whole.position >= part.position
    case "Versions":
      return whole._tag === "Versions" &&
        Object.entries(part.versions).every(([partition, version]) => (whole.versions[partition] ?? 0) >= version)
  }
}

/** What was seen by either. The extents must be of one store. */
export const union = (a: Extent, b: Extent): Extent => {
  if (a._tag === "Nothing") return b
  if (b._tag === "Nothing") return a
  if (a._tag === "UpTo" && b._tag === "UpTo") return upTo(Math.max(a.position, b.position))
  if (a._tag === "Versions" && b._tag === "Versions") {
    const merged: Record<string, number> = { ...a.versions }
    for (const [partition, version] of Object.entries(b.versions)) {
      merged[partition] = Math.max(merged[partition] ?? 0, version)
    }
    return versions(merged)
  }
  return b
}
