/**
 * The snapshot store on DynamoDB, beside the events of its plugin: an item for each aggregate and id, which a later
 * snapshot replaces. A snapshot of more than 400 KB is refused; its aggregate is replayed instead.
 */
import type { EventStoreError } from "@reventless/core/EventStore"
import type { Snapshot, SnapshotStoreShape } from "@reventless/core/SnapshotStore"
import { SnapshotStores } from "@reventless/core/SnapshotStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import { Dynamo } from "./Dynamo.ts"
import type { StoresOptions } from "./EventStoreDynamo.ts"
import * as Items from "./internal/items.ts"
import * as Partitions from "./internal/partitions.ts"
import { untilAnswered } from "./internal/retries.ts"

/** Where the snapshots of one plugin are. */
export interface Options {
  readonly table: string
  readonly keyPrefix?: string | undefined
}

/** Opens the snapshot store of a table. */
export const make = Effect.fnUntraced(function*({ keyPrefix, table }: Options) {
  const dynamo = yield* Dynamo
  const prefix = Items.prefixOf(keyPrefix)
  const key = (aggregate: string, id: string) => Items.key(prefix, Partitions.snapshot(aggregate, id), 0)
  const store: SnapshotStoreShape = {
    load: Effect.fnUntraced(function*(aggregate, id) {
      const { Item: found } = yield* untilAnswered(
        table,
        // An older snapshot is as true as the newest: a read that need not be consistent costs half.
        dynamo.send("GetItem", { TableName: table, Key: key(aggregate, id), ConsistentRead: false })
      )
      const text = found?.["e"]?.S
      return text === undefined ? undefined : decode(text)
    }),
    save: (aggregate, id, snapshot): Effect.Effect<void, EventStoreError> =>
      Effect.asVoid(untilAnswered(
        table,
        dynamo.send("PutItem", {
          TableName: table,
          Item: { ...key(aggregate, id), e: { S: JSON.stringify(snapshot) } }
        })
      ))
  }
  return store
})

const isSnapshot = (value: unknown): value is Snapshot =>
  Predicate.hasProperty(value, "version") && Predicate.isNumber(value.version) &&
  Predicate.hasProperty(value, "state") &&
  Predicate.hasProperty(value, "boundary") && Predicate.isString(value.boundary)

/** What is damaged is none: its aggregate is replayed. */
const decode = (text: string): Snapshot | undefined =>
  Result.try((): unknown => JSON.parse(text)).pipe(
    Result.filterOrFail(isSnapshot, () => "damaged"),
    Result.getOrUndefined
  )

/** The snapshot stores of a platform: each in the table of its plugin's events. */
export const layerStores = (options: StoresOptions): Layer.Layer<SnapshotStores, never, Dynamo> =>
  Layer.effect(
    SnapshotStores,
    Effect.map(Dynamo, (dynamo) => ({
      of: (plugin) => Effect.provideService(make(options.of(plugin)), Dynamo, dynamo)
    }))
  )
