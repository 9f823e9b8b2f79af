/**
 * Lanes: in which order a consumer is fed. Events of one lane come in commit order; between lanes there is no order.
 */

import type * as Query from "./Query.ts"
import * as Tag from "./Tag.ts"

/** Which events a consumer takes, and what orders them. */
export type Lane =
  /** The events of each entity, in the commit order of their tags with this key. */
  | { readonly _tag: "Keyed"; readonly types: ReadonlyArray<string>; readonly key: string }
  /** No order between events. */
  | { readonly _tag: "Unordered"; readonly types: ReadonlyArray<string> }
  /** All events in one order. Needs a `PositionedEventStore`. */
  | { readonly _tag: "Total"; readonly types: ReadonlyArray<string> }

/** The events of `types` that have a tag with this key, each entity's in the commit order of its tag. */
export const keyed = (types: ReadonlyArray<string>, key: string): Lane => ({ _tag: "Keyed", types, key })

/** The events of `types` without order. */
export const unordered = (types: ReadonlyArray<string>): Lane => ({ _tag: "Unordered", types })

/** The events of `types` in one order. */
export const total = (types: ReadonlyArray<string>): Lane => ({ _tag: "Total", types })

/** A test of whether an event belongs to the lane. */
export const includes = (lane: Lane): (event: Query.Queryable) => boolean => {
  const types = new Set(lane.types)
  return ({ tags, type }) => types.has(type) && (lane._tag !== "Keyed" || tags.some((tag) => Tag.key(tag) === lane.key))
}
