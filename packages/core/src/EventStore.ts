/**
 * The event store: one append-only log for each plugin, with consistency boundaries that are enforced by the storage.
 *
 * A decision is safe when it is made from `readBoundary` and written by `append` with the boundary that was read: of two
 * racing appends on overlapping boundaries at most one succeeds, whatever the clocks, the number of processes or the
 * store. Appends on disjoint boundaries never answer `AppendConflict`.
 *
 * `EventStore` is what every platform offers. `PositionedEventStore` adds positions, where the store has one commit
 * order; code that needs it doesn't compile against a store that has none.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Boundary } from "./Boundary.ts"
import type { Checkpoint } from "./Checkpoint.ts"
import type { Extent } from "./Extent.ts"
import type * as Lane from "./Lane.ts"
import type * as Message from "./Message.ts"
import type * as Query from "./Query.ts"
import type * as Tag from "./Tag.ts"
import type { Token } from "./Token.ts"

/** An event to be appended. */
export interface NewEvent {
  readonly type: string
  /** A set: a tag that is given twice counts once. Their order is kept. */
  readonly tags: ReadonlyArray<Tag.Tag>
  /** The encoded payload. Objects come back with their keys in the order given. */
  readonly data: Schema.Json
  readonly meta: Message.Meta
}

/** A stored event. */
export interface SequencedEvent extends NewEvent {
  /**
   * For people and for sorting. Positive, unique in the store and increasing along cause and effect; commit order only
   * in a `PositionedEventStore`. May have gaps.
   */
  readonly position: number
  /**
   * On events of a subscription to a store whose positions are no commit order: what a checkpoint of its lane includes once
   * the event was given. Opaque to everyone but the store that made it.
   */
  readonly extent?: Extent
}

/** Something that matches the boundary was added since it was read. Read what was added, decide again. */
export class AppendConflict extends Schema.TaggedError<AppendConflict>()("AppendConflict", {}) {
  override get message(): string {
    return "An event that matches the boundary was added since it was read. Nothing was written. " +
      "Read the boundary again and decide anew."
  }
}

/** Others kept writing the same place for as long as the store was willing to try. Nothing was written; try later. */
export class Contended extends Schema.TaggedError<Contended>()("Contended", { attempts: Schema.Int }) {
  override get message(): string {
    return `Nothing was written: ${this.attempts} attempts met other writers at the same place. Try again later.`
  }
}

/** The store could not be reached or refused for a passing reason. Nothing was written. A retry can help. */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return `The event store is unavailable: ${this.detail}. Nothing was written; a retry can help.`
  }
}

/** The store could not learn whether a write was applied. Send the same command id again to find out. */
export class OutcomeUnknown extends Schema.TaggedError<OutcomeUnknown>()("OutcomeUnknown", {
  detail: Schema.String
}) {
  override get message(): string {
    return `It is unknown whether the events were written: ${this.detail}. Send the command again with the same id.`
  }
}

/** The index plan doesn't cover the query or lane. A retry won't help: declare it, or use an open plan in tools. */
export class QueryNotIndexed extends Schema.TaggedError<QueryNotIndexed>()("QueryNotIndexed", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The query can't be answered: ${this.detail}. Declare the query or view in the plugin, or use an open plan.`
  }
}

/** The request can't be stored as it is. Nothing was written. A retry won't help. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The event store refused the request: ${this.detail}. Nothing was written.`
  }
}

/** One append holds more than the store can write at once. Nothing was written. */
export class AppendTooLarge extends Schema.TaggedError<AppendTooLarge>()("AppendTooLarge", {
  counted: Schema.String,
  size: Schema.Finite,
  limit: Schema.Finite
}) {
  override get message(): string {
    return `The append is too large: ${this.size} ${this.counted}, at most ${this.limit}. Nothing was written; ` +
      "write fewer events or tags at once."
  }
}

/** The store was built for another index plan. A retry won't help. */
export class PlanChanged extends Schema.TaggedError<PlanChanged>()("PlanChanged", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The store was built for another index plan: ${this.detail}.`
  }
}

/** An event of the plugin has other fields than it was stored with under the same version. A retry won't help. */
export class EventChanged extends Schema.TaggedError<EventChanged>()("EventChanged", {
  event: Schema.String,
  version: Schema.Finite,
  detail: Schema.String
}) {
  override get message(): string {
    return `The fields of the event '${this.event}' changed under its version ${this.version}: ${this.detail}. ` +
      `Events that are stored have the former ones. Make it version ${this.version + 1} with an upcast for version ` +
      `${this.version}, or take the change back.`
  }
}

/** What is stored can't be read: damaged, or written by a newer version. A retry won't help. */
export class StoreUnreadable extends Schema.TaggedError<StoreUnreadable>()("StoreUnreadable", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The event store can't be read: ${this.detail}`
  }
}

/** Why an operation of the store failed. */
export const EventStoreErrorReason = Schema.Union([
  StoreUnavailable,
  OutcomeUnknown,
  QueryNotIndexed,
  InvalidRequest,
  AppendTooLarge,
  PlanChanged,
  EventChanged,
  StoreUnreadable
])

/** The store failed, beyond what a decision could have prevented. `reason` says why; `isRetryable` whether a retry can help. */
export class EventStoreError extends Schema.TaggedError<EventStoreError>()("EventStoreError", {
  reason: EventStoreErrorReason
}) {
  /** Whether the same request can succeed later. */
  get isRetryable(): boolean {
    return this.reason._tag === "StoreUnavailable" || this.reason._tag === "OutcomeUnknown"
  }
  override get message(): string {
    return this.reason.message
  }
}

/** Options of {@link EventStore}'s `read`. */
export interface ReadOptions {
  /** Read what comes after it. From the beginning when absent. */
  readonly checkpoint?: Checkpoint | undefined
  /** At most so many events, 0 or more. All when absent. */
  readonly limit?: number | undefined
}

/** The events of a decision and the boundary that they make. */
export interface BoundaryRead {
  /** What was asked for: all matching events, or with `since` those added after it. In fold order. */
  readonly events: ReadonlyArray<SequencedEvent>
  /** What was seen now, `since` included. */
  readonly boundary: Boundary
}

/** Options of an append. */
export interface AppendOptions {
  /** Append only if nothing that matches the boundary was added since it was read. Unconditionally when absent. */
  readonly boundary?: Boundary | undefined
  /**
   * Remember this append by the command's id: a second append with the same id writes nothing, whatever its events and
   * boundary, and answers the first result with `replayed`.
   */
  readonly commandId?: string | undefined
}

/** What an append did. */
export interface Appended {
  /** The events with their positions, in the order given; those of the first append when `replayed`. */
  readonly events: ReadonlyArray<SequencedEvent>
  readonly token: Token
  /** Whether an earlier append with the same command id had done it already. */
  readonly replayed: boolean
}

/** Events of a subscription, and the checkpoint after them. */
export interface Batch {
  /** Events of the lane's types. May be empty when only events of other types were added. */
  readonly events: ReadonlyArray<SequencedEvent>
  readonly checkpoint: Checkpoint
  /** Whether nothing more was there when the batch was read. */
  readonly caughtUp: boolean
}

/** The operations of an event store. */
export interface EventStoreShape {
  /** Streams the matching events in fold order: version order within an entity, position order between entities. */
  readonly read: (query: Query.Query, options?: ReadOptions) => Stream.Stream<SequencedEvent, EventStoreError>
  /**
   * The decision read: all that was acknowledged before it began, and with `since` only what was added after that boundary
   * was read. Of each entity it shows every append whole and none before those that it follows. Where a store reads several
   * entities one after the other, each may be shown at an instant of its own; `append` and `confirm` with the boundary
   * succeed only if what was read stood together.
   *
   * A boundary of another query, or from behind the end of the log, is refused with `InvalidRequest`.
   */
  readonly readBoundary: (
    query: Query.Query,
    options?: { readonly since?: Boundary | undefined }
  ) => Effect.Effect<BoundaryRead, EventStoreError>
  /**
   * Appends all events or none, in the order given. An empty list is refused with `InvalidRequest`. A failure other than
   * `OutcomeUnknown` means that nothing was written.
   */
  readonly append: (
    events: ReadonlyArray<NewEvent>,
    options?: AppendOptions
  ) => Effect.Effect<Appended, AppendConflict | Contended | EventStoreError>
  /**
   * Proves that a decision without events was right: succeeds if at one instant nothing that matches the boundary had
   * been added since it was read. With a command id that is remembered it answers that command's result instead.
   */
  readonly confirm: (
    boundary: Boundary,
    options?: { readonly commandId?: string | undefined }
  ) => Effect.Effect<Appended | undefined, AppendConflict | Contended | EventStoreError>
  /**
   * The events of a lane's types from the checkpoint on, and then as they are added, without end. At least once: after a
   * failure or restart from an older checkpoint, batches come again, possibly split otherwise. The first batch comes at
   * once, if need be an empty one. An event with several tags of the lane's key comes once, one without any doesn't come.
   */
  readonly subscribe: (options: {
    readonly lane: Lane.Lane
    readonly checkpoint?: Checkpoint | undefined
  }) => Stream.Stream<Batch, EventStoreError>
  /**
   * Whether a consumer of the lane that has come to the checkpoint was given every event of the lane that the token stands
   * for. What a query waits for that is given a command's token.
   */
  readonly reached: (lane: Lane.Lane, checkpoint: Checkpoint, token: Token) => boolean
}

/** The event store of one plugin. */
export class EventStore extends Context.Service<EventStore, EventStoreShape>()("@reventless/core/EventStore") {}

/** A condition of the dcb.events specification: fail if an event matches, of those after a position when one is given. */
export interface AppendCondition {
  readonly failIfEventsMatch: Query.Query
  readonly after?: number | undefined
}

/** The operations of an event store whose positions are commit order. */
export interface PositionedEventStoreShape extends EventStoreShape {
  /** As {@link EventStoreShape}, and with positions: `from` is inclusive in both directions; `backwards` starts at the end. */
  readonly read: (
    query: Query.Query,
    options?: ReadOptions & { readonly from?: number | undefined; readonly backwards?: boolean | undefined }
  ) => Stream.Stream<SequencedEvent, EventStoreError>
  /** As {@link EventStoreShape}, and with a condition by position. Both a boundary and a condition must hold. */
  readonly append: (
    events: ReadonlyArray<NewEvent>,
    options?: AppendOptions & { readonly condition?: AppendCondition | undefined }
  ) => Effect.Effect<Appended, AppendConflict | Contended | EventStoreError>
}

/** An event store with one commit order: memory and SQL stores offer it. */
export class PositionedEventStore
  extends Context.Service<PositionedEventStore, PositionedEventStoreShape>()("@reventless/core/PositionedEventStore")
{}
