/**
 * What tells that items were added to a table. A ring is a hint, never a fact to build on alone: rings come at least once,
 * late, in any order, and also for items from before. Whoever hears one knows up to where there is something to read.
 *
 * `DynamoStream.layer` rings from the table's stream. A function that only handles commands needs no doorbells.
 */
import type { EventStoreError } from "@reventless/core/EventStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Item } from "./Dynamo.ts"
import { refuse } from "./internal/failure.ts"

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

/** The operations of doorbells. */
export interface DoorbellsShape {
  /**
   * Begins to listen, until the scope ends. Every item that is added to the table after this has completed will ring;
   * so whoever listens first, and then reads the table, misses nothing.
   */
  readonly listen: (table: string) => Effect.Effect<Listener, EventStoreError, Scope.Scope>
}

/** What rings when items are added to a table. */
export class Doorbells extends Context.Service<Doorbells, DoorbellsShape>()("@reventless/aws/Doorbells") {}

/** For programs that only handle commands: nothing rings, and who wants to listen is told so. */
export const layerNone: Layer.Layer<Doorbells> = Layer.succeed(Doorbells, {
  listen: (table) =>
    Effect.fail(refuse(
      `nothing tells this program what is added to the table '${table}', so it can't follow events; give it ` +
        "DynamoStream.layer() of @reventless/aws/DynamoStream in place of Doorbells.layerNone"
    ))
})
