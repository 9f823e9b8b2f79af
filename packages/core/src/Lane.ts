/**
 * Lanes: in which order a consumer is fed. Events of one lane come in commit order; between lanes there is no order.
 */

/** Which events a consumer takes, and what orders them. */
export type Lane =
  /** The events of each entity, in the commit order of their tags with this key. */
  | { readonly _tag: "Keyed"; readonly types: ReadonlyArray<string>; readonly key: string }
  /** No order between events. */
  | { readonly _tag: "Unordered"; readonly types: ReadonlyArray<string> }
  /** All events in one order. Needs a `PositionedEventStore`. */
  | { readonly _tag: "Total"; readonly types: ReadonlyArray<string> }

/** The events of `types`, each entity's in the commit order of its tag with this key. */
export const keyed = (types: ReadonlyArray<string>, key: string): Lane => ({ _tag: "Keyed", types, key })

/** The events of `types` without order. */
export const unordered = (types: ReadonlyArray<string>): Lane => ({ _tag: "Unordered", types })

/** The events of `types` in one order. */
export const total = (types: ReadonlyArray<string>): Lane => ({ _tag: "Total", types })
