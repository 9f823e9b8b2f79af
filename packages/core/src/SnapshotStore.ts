/**
 * Where the snapshots of aggregates live: the port that a platform implements. A snapshot is a shortcut and never the
 * truth: losing one costs a replay, and one that can't be decoded is treated as missing.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { EventStoreError } from "./EventStore.ts"

/** The state of an aggregate up to a boundary. */
export interface Snapshot {
  /** The version of the behaviour's snapshots; another one is stale and means replay. */
  readonly version: number
  readonly state: Schema.Json
  /** The boundary in its text form. */
  readonly boundary: string
}

/** The operations of a plugin's snapshot store. */
export interface SnapshotStoreShape {
  readonly load: (aggregate: string, id: string) => Effect.Effect<Snapshot | undefined, EventStoreError>
  /** Replaces the snapshot of an aggregate's id. */
  readonly save: (aggregate: string, id: string, snapshot: Snapshot) => Effect.Effect<void, EventStoreError>
}

/** Opens the snapshot store of a plugin. */
export class SnapshotStores extends Context.Service<SnapshotStores, {
  readonly of: (plugin: string) => Effect.Effect<SnapshotStoreShape, EventStoreError, Scope.Scope>
}>()("@reventless/core/SnapshotStores") {}
