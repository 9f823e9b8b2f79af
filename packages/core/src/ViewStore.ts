/**
 * Where the rows of views live: the port that a platform implements. It knows nothing of projections; the view engine
 * computes rows and hands them over together with the checkpoint that they make, and the store commits both or neither.
 *
 * A view has generations. Queries see the active one; a changed view is built as a new generation beside it, then
 * promoted in one step. Every commit raises the generation's revision, and is refused when the revision isn't the one
 * that the writer had read: so two owners, or a redelivery, can't apply anything twice.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Checkpoint } from "./Checkpoint.ts"
import type { SequencedEvent } from "./EventStore.ts"

/** What identifies a row: its key, and its sort key (empty when the view has none). Both are compared as text. */
export interface RowId {
  readonly key: string
  readonly sort: string
}

/** A row as it is stored. A removed row stays as a tombstone without content, with the version that removed it. */
export interface StoredRow {
  readonly id: RowId
  readonly row: Schema.Json | undefined
  /** The sequence in its lane of the last event that changed the row. */
  readonly version: number
  /** The revision of the commit that wrote it. */
  readonly revision: number
}

/** The entry of a row in an index: one for each index at most. Values of one index are compared as text; the view engine encodes them so that it is right. */
export interface IndexEntry {
  readonly index: string
  readonly value: string
}

/** A row to be written; without content it leaves a tombstone. */
export interface RowWrite {
  readonly id: RowId
  readonly row: Schema.Json | undefined
  readonly version: number
  /** The version the new row was computed from, for stores that guard each row by itself; undefined when there was none. */
  readonly previous: number | undefined
  /** The row's place in each index; empty for a tombstone. Replaces the entries of the row's former content. */
  readonly entries: ReadonlyArray<IndexEntry>
}

/** An event that a view could not apply, or that waits behind one in its lane. */
export interface ParkedDelivery {
  readonly lane: string
  /** The position of the event. Parked events of a lane are replayed in this order. */
  readonly position: number
  /** The event as it is stored in the log, so that it can be replayed without looking for it. */
  readonly event: SequencedEvent
  /** Why it is parked; undefined for one that only waits behind another. */
  readonly reason: string | undefined
  /** When it was parked, in milliseconds since 1970. */
  readonly time: number
  readonly attempts: number
}

/** The place of a parked event in its generation: by lane, compared as text, and position. */
export interface ParkedPlace {
  readonly lane: string
  readonly position: number
}

/** A lane with parked events. */
export interface BlockedLane {
  readonly lane: string
  /** How many events are parked in it, those that only wait included. */
  readonly parked: number
}

/** A record that a person skipped a parked event. */
export interface SkippedDelivery {
  readonly lane: string
  readonly position: number
  readonly by: string
  readonly why: string
  readonly time: number
}

/** The state of a generation. */
export interface GenerationState {
  readonly view: string
  readonly generation: number
  /** Says by which definition the generation is built. */
  readonly fingerprint: string
  readonly active: boolean
  readonly revision: number
  readonly checkpoint: Checkpoint
}

/** What one step of a view changes. All or nothing. */
export interface ViewCommit {
  readonly view: string
  readonly generation: number
  /** The revision that the step was computed from. */
  readonly revision: number
  readonly checkpoint: Checkpoint
  readonly writes: ReadonlyArray<RowWrite>
  readonly park: ReadonlyArray<ParkedDelivery>
  /** Parked events that are done, by lane and position. */
  readonly release: ReadonlyArray<{ readonly lane: string; readonly position: number }>
  readonly skip: ReadonlyArray<SkippedDelivery>
}

/** Selects rows in the order of an index, or of their ids when `index` is undefined. */
export interface RowQuery {
  readonly index: string | undefined
  /** Only entries (or keys) at or above it, compared as text. */
  readonly from: string | undefined
  /** Only entries (or keys) below it, compared as text. */
  readonly to: string | undefined
  /** Continue after this place: the entry's value (the key when there is no index) and the row. */
  readonly after: { readonly value: string; readonly id: RowId } | undefined
  readonly reverse: boolean
  readonly limit: number
}

/** A row that a query found, with its place in the order asked for. */
export interface FoundRow {
  readonly value: string
  readonly row: StoredRow
}

/** The view store failed. */
export class ViewStoreError extends Schema.TaggedError<ViewStoreError>()("ViewStoreError", {
  detail: Schema.String,
  isRetryable: Schema.Boolean,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return `The view store failed: ${this.detail}.${this.isRetryable ? " A retry can help." : ""}`
  }
}

/** The operations of a plugin's view store. */
export interface ViewStoreShape {
  /**
   * The generations of a view, oldest first. A view that is new gets an active one. Where the active one has another
   * fingerprint, there is one beside it that is being built with this one; others are dropped.
   */
  readonly open: (
    view: string,
    fingerprint: string
  ) => Effect.Effect<readonly [GenerationState, ...ReadonlyArray<GenerationState>], ViewStoreError>
  /** Adds a generation beside the active one, for a rebuild; one that is being built already is dropped. */
  readonly build: (view: string, fingerprint: string) => Effect.Effect<GenerationState, ViewStoreError>
  /** Makes a generation the active one and drops the others, in one step. */
  readonly promote: (view: string, generation: number) => Effect.Effect<void, ViewStoreError>
  /** The state of the active generation; undefined when the view was never opened. */
  readonly active: (view: string) => Effect.Effect<GenerationState | undefined, ViewStoreError>
  /** The state of one generation; undefined when it was dropped. */
  readonly state: (view: string, generation: number) => Effect.Effect<GenerationState | undefined, ViewStoreError>
  /** The rows and tombstones with these ids, in no order; ids that were never written are missing. */
  readonly load: (
    view: string,
    generation: number,
    ids: ReadonlyArray<RowId>
  ) => Effect.Effect<ReadonlyArray<StoredRow>, ViewStoreError>
  /** Commits a step; the new revision, or undefined when the generation isn't at the step's revision any more. */
  readonly commit: (step: ViewCommit) => Effect.Effect<number | undefined, ViewStoreError>
  /** Rows (no tombstones) in order; at most `limit`. */
  readonly list: (
    view: string,
    generation: number,
    query: RowQuery
  ) => Effect.Effect<ReadonlyArray<FoundRow>, ViewStoreError>
  /**
   * Rows and tombstones that were written after a revision, by revision. About `limit` of them: a revision isn't split,
   * so that whoever goes on after the last one misses nothing.
   */
  readonly changes: (
    view: string,
    generation: number,
    options: { readonly after: number; readonly limit: number }
  ) => Effect.Effect<ReadonlyArray<StoredRow>, ViewStoreError>
  /** The lanes of a generation that have parked events, in no order. */
  readonly blocked: (view: string, generation: number) => Effect.Effect<ReadonlyArray<BlockedLane>, ViewStoreError>
  /**
   * The parked events of a generation by lane and position; of one lane when it is given. With a page at most `limit` of
   * those after a place (of that lane, when one is given), and no others are read.
   */
  readonly parked: (
    view: string,
    generation: number,
    lane?: string,
    page?: { readonly after: ParkedPlace | undefined; readonly limit: number }
  ) => Effect.Effect<ReadonlyArray<ParkedDelivery>, ViewStoreError>
  /** The record of skips of a view, oldest first. It stays when a generation is dropped. */
  readonly skipped: (view: string) => Effect.Effect<ReadonlyArray<SkippedDelivery>, ViewStoreError>
  /**
   * Completes when this process is the one that feeds the view, and remains it until the scope closes or `lost`
   * completes. Where a file is shared, another process takes over within 5 s of the owner's death.
   */
  readonly own: (
    view: string
  ) => Effect.Effect<{ readonly lost: Effect.Effect<void> }, ViewStoreError, Scope.Scope>
  /** Gives an effect that completes at the next commit or promotion of any view, of this process or another. */
  readonly changed: Effect.Effect<Effect.Effect<void>>
}

/** Opens the view store of a plugin. Opening the same plugin twice gives the same rows. */
export class ViewStores extends Context.Service<ViewStores, {
  readonly of: (plugin: string) => Effect.Effect<ViewStoreShape, ViewStoreError, Scope.Scope>
}>()("@reventless/core/ViewStores") {}
