/**
 * A consistency boundary: a query, and exactly what of its events was seen. `EventStore.readBoundary` hands one out;
 * `EventStore.append` with it succeeds only if no event that matches the query was added since.
 */
import * as Schema from "effect/Schema"
import * as Extent from "./Extent.ts"
import { opaque } from "./internal/opaque.ts"
import * as Query from "./Query.ts"

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

/** The boundary that says "no event that matches the query exists". */
export const absent = (query: Query.Query): Boundary => ({ query, extent: Extent.nothing })
