/**
 * A consistency boundary: a query, and exactly what of its events was seen. `EventStore.readBoundary` hands one out;
 * `EventStore.append` with it succeeds only if no event that matches the query was added since.
 */
import * as Schema from "effect/Schema"
import * as Extent from "./Extent.ts"
import { opaque } from "./internal/opaque.ts"
import * as Query from "./Query.ts"
import type { Token } from "./Token.ts"

/** A query with what was seen of it. Opaque to everyone but the store that made it. */
export interface Boundary {
  readonly query: Query.Query
  readonly extent: Extent.Extent
}

/** The schema of a boundary in its text form. */
export const Boundary: Schema.Codec<Boundary, string> = opaque(
  "Boundary",
  "1",
  Schema.Struct({ query: Query.Query, extent: Extent.Extent }),
  "not a boundary of this version; read the boundary again and use the text as it was given"
)

/** Whether a boundary was read for this query. */
export const isOf = (boundary: Boundary, query: Query.Query): boolean =>
  boundary.query === query || Query.key(boundary.query) === Query.key(query)

/** The boundary that says "no event that matches the query exists". */
export const absent = (query: Query.Query): Boundary => ({ query, extent: Extent.nothing })

/**
 * The boundary after an append on it: what was seen, and the events that the append added. Whoever folds those events
 * that match the query into its state may go on with it, without reading again.
 */
export const after = (boundary: Boundary, token: Token): Boundary => {
  const { extent } = boundary
  if (extent._tag !== "Versions" || token.extent._tag !== "Versions") {
    return { query: boundary.query, extent: Extent.union(extent, token.extent) }
  }
  const added = token.extent.versions
  return {
    query: boundary.query,
    extent: Extent.versions(Object.fromEntries(
      Object.entries(extent.versions).map(([partition, seen]) => [partition, Math.max(seen, added[partition] ?? 0)])
    ))
  }
}
