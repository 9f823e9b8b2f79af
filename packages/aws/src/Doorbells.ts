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
import * as Stream from "effect/Stream"
import { refuse } from "./internal/failure.ts"
import type { Listen } from "./internal/rings.ts"
import * as Subscribing from "./internal/subscribing.ts"

export type { Listen, Listener, Ring } from "./internal/rings.ts"

/** The operations of doorbells. */
export interface DoorbellsShape {
  /**
   * Begins to listen, until the scope ends. Every item that is added to the table after this has completed will ring;
   * so whoever listens first, and then reads the table, misses nothing.
   */
  readonly listen: Listen
  /** How a store follows what rings. It comes with the doorbells, so that programs without any don't hold it. */
  readonly "~subscribe": Subscribing.Subscribe
}

/** What rings when items are added to a table. */
export class Doorbells extends Context.Service<Doorbells, DoorbellsShape>()("@reventless/aws/Doorbells") {}

/** Doorbells, from how to listen to a table. */
export const make = (listen: Listen): DoorbellsShape => ({
  listen,
  "~subscribe": (table, options) => Subscribing.subscribe(table, listen, options)
})

/** For programs that only handle commands: nothing rings, and who wants to listen is told so. */
export const layerNone: Layer.Layer<Doorbells> = Layer.succeed(Doorbells, {
  listen: (table) => Effect.fail(silent(table)),
  "~subscribe": ({ name }) => Stream.fail(silent(name))
})

const silent = (table: string): EventStoreError =>
  refuse(
    `nothing tells this program what is added to the table '${table}', so it can't follow events; give it ` +
      "DynamoStream.layer() of @reventless/aws/DynamoStream in place of Doorbells.layerNone"
  )
