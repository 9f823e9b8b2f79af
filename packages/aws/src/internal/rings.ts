import type { EventStoreError } from "@reventless/core/EventStore"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Item } from "../Dynamo.ts"

/** Something may have to be read. */
export type Ring =
  /** A partition has come to a version, at least. */
  | {
    readonly _tag: "Added"
    /** The item's `pk`, as it is in the table. */
    readonly partition: string
    /** The greatest `sk` that rang; from 1 on. Lower ones may have rung too, or were never heard of. */
    readonly version: number
    /** The item at this version, if it is the only one of its partition that rang since the last `take`. */
    readonly item: Item | undefined
  }
  /** Rings were lost. What was added to any partition has to be looked for in the table. */
  | { readonly _tag: "Rescan" }

/** Hears what rings. */
export interface Listener {
  /**
   * What rang since the last time, one ring for each partition in the order in which they first rang; waits until
   * something did. A `Rescan` comes first; what rang beside it is looked for as well. What is kept meanwhile grows with the partitions that ring, not with the items.
   *
   * Fails when nothing will ring any more; listen anew and look at the table then.
   */
  readonly take: Effect.Effect<ReadonlyArray<Ring>, EventStoreError>
}

/** Begins to listen to a table, until the scope ends. */
export type Listen = (table: string) => Effect.Effect<Listener, EventStoreError, Scope.Scope>
