/**
 * Where work waits that is done later: the port that a platform implements. A queued command, a schedule, an item of an
 * automation's todo list are all the same durable thing: an item with a lane, a time at which it is due, a lease while
 * somebody works on it, the number of attempts, a state and a reason.
 *
 * The items of one lane are done one after another, in the order in which they were added; the first that isn't finished
 * holds up those behind it, and no other lane. Work that needs no order has a lane for each item.
 *
 * Whoever takes an item has a lease on it, and may be taken for dead: then another takes the item too. The lease's number
 * keeps the first one from writing what became of it; what the work does must bear being done twice.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** Work to be done. */
export interface NewWork {
  /**
   * Unique in its queue, for ever: an item that is added again is left as it is, also when it was done long ago. Only one
   * that was forgotten or cancelled is not known any more.
   */
  readonly id: string
  readonly lane: string
  /** When it may be begun, in milliseconds since 1970: now or earlier for at once, also when the clock is set back. */
  readonly due: number
  /** What is to be done. */
  readonly content: Schema.Json
}

/** What became of an item so far. */
export type WorkState =
  /** It waits until it is due, or until those before it in its lane are finished. */
  | "Pending"
  /** Somebody works on it. */
  | "Leased"
  /** It is finished, with an outcome. */
  | "Done"
  /** It was tried as often as it may, and waits for a person; its lane waits with it. */
  | "Parked"

/** An item as it is stored. */
export interface WorkItem extends NewWork {
  /** The order in which items of the queue were added. One that is added or put anew has a new sequence, never an old one. */
  readonly sequence: number
  readonly state: WorkState
  /** How often it was begun, since it was added, put or replayed, or was to begin again. */
  readonly attempts: number
  /** Why the last attempt failed, or why it is parked. */
  readonly reason: string | undefined
  /** What its work came to, when it is done. */
  readonly outcome: Schema.Json | undefined
  /** When its state changed last, in milliseconds since 1970. */
  readonly time: number
}

/** An item that is leased. */
export interface LeasedWork extends WorkItem {
  /** The number of the lease: each item's leases have increasing numbers. */
  readonly lease: number
}

/** What becomes of a leased item. */
export type WorkResult =
  /**
   * It is finished. `isRepeatable` says that its work, done anew, would change nothing and come to the same: then a store
   * needn't wait for the disk, and after a power cut the item may be found leased as it was before.
   */
  | { readonly _tag: "Done"; readonly outcome: Schema.Json | undefined; readonly isRepeatable?: boolean | undefined }
  /** It will be begun again at that time; what it has to do may have changed. Its attempts are counted from there. */
  | { readonly _tag: "Again"; readonly due: number; readonly content: Schema.Json }
  /** The attempt failed; it is begun again at that time. Those behind it in its lane wait until then. */
  | { readonly _tag: "Retry"; readonly due: number; readonly reason: string }
  /** It was given back before it came to anything: it may be begun again at once, and that attempt doesn't count. */
  | { readonly _tag: "Release" }
  /** It failed for good, until a person has it done again. */
  | { readonly _tag: "Park"; readonly reason: string }
  /** It is forgotten, as if it had never been. */
  | { readonly _tag: "Forget" }

/** How long items may be worked on. */
export interface LeaseOptions {
  readonly now: number
  /** For how many milliseconds the items are leased. */
  readonly lease: number
}

/** How long the items of a queue may be worked on, and how many are taken. */
export interface TakeOptions extends LeaseOptions {
  readonly limit: number
}

/** Selects items of a queue, in the order in which they were added, or the other way round. */
export interface WorkQuery {
  /** Only items in this state. All but the finished ones when absent. */
  readonly state?: WorkState | undefined
  readonly lane?: string | undefined
  /** The newest first. */
  readonly backwards?: boolean | undefined
  /** Only items that come after the one with this sequence, in the order asked for. */
  readonly after?: number | undefined
  readonly limit: number
}

/** The work store failed. */
export class WorkStoreError extends Schema.TaggedError<WorkStoreError>()("WorkStoreError", {
  detail: Schema.String,
  isRetryable: Schema.Boolean,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return `The work store failed: ${this.detail}.${this.isRetryable ? " A retry can help." : ""}`
  }
}

/** The operations of a plugin's work store. */
export interface WorkStoreShape {
  /** Adds items to a queue, all or none. Those whose id is known already are left as they are. */
  readonly add: (queue: string, items: ReadonlyArray<NewWork>, now: number) => Effect.Effect<void, WorkStoreError>
  /**
   * Adds items as `add` does, and leases at once those of them that may be begun: each that is new, is due, and has none
   * before it in its lane that isn't finished. Answers these as `take` would, in the order given. Who adds what it will
   * work on itself needs no look for it. What is added and what is leased are one change: all of it is seen, or nothing.
   */
  readonly addLeased: (
    queue: string,
    items: ReadonlyArray<NewWork>,
    options: LeaseOptions
  ) => Effect.Effect<ReadonlyArray<LeasedWork>, WorkStoreError>
  /** Adds an item, or replaces the one with its id whatever its state: a lease on it is lost, and it is pending again. */
  readonly put: (queue: string, item: NewWork, now: number) => Effect.Effect<void, WorkStoreError>
  /**
   * Leases items that may be begun now, each of which counts as an attempt: of each lane the first unfinished one, if it
   * is pending and due, or if its lease has run out. Those that could be begun first come first.
   *
   * A lease that was given or extended more than a whole lease after `now` was so before the clock was set back, and has
   * run out. One given a little later is of somebody whose clock is ahead, or who was faster, and is theirs. So it is
   * with an item that was due when it was written, and one whose attempt failed: written more than a whole lease after
   * `now`, it may be begun. What is to be begun at an instant, later than it was written, waits for that instant.
   */
  readonly take: (queue: string, options: TakeOptions) => Effect.Effect<ReadonlyArray<LeasedWork>, WorkStoreError>
  /** Makes a lease last until `now + lease`; whether it is still held. One that has run out is until another takes the item. */
  readonly extend: (
    queue: string,
    item: LeasedWork,
    options: LeaseOptions
  ) => Effect.Effect<boolean, WorkStoreError>
  /** Writes what became of a leased item; whether the lease was still held, otherwise nothing is written. */
  readonly finish: (
    queue: string,
    item: LeasedWork,
    result: WorkResult,
    now: number
  ) => Effect.Effect<boolean, WorkStoreError>
  /**
   * When the next item may be begun or its lease ends, in milliseconds since 1970; undefined when none waits. It knows
   * nothing of clocks that are set: look again after a while, whatever it says.
   */
  readonly next: (queue: string) => Effect.Effect<number | undefined, WorkStoreError>
  readonly get: (queue: string, id: string) => Effect.Effect<WorkItem | undefined, WorkStoreError>
  readonly list: (queue: string, query: WorkQuery) => Effect.Effect<ReadonlyArray<WorkItem>, WorkStoreError>
  /** Makes a parked item pending again, due now and with no attempts; whether there was one. */
  readonly replay: (queue: string, id: string, now: number) => Effect.Effect<boolean, WorkStoreError>
  /**
   * Makes an item done that isn't finished, whatever its state; whether there was one. A lease on it is lost, and it stays
   * known for ever, so that it isn't added again.
   */
  readonly complete: (
    queue: string,
    id: string,
    outcome: Schema.Json | undefined,
    now: number
  ) => Effect.Effect<boolean, WorkStoreError>
  /** Forgets an item that isn't finished, whatever its state; whether there was one. A lease on it is lost. */
  readonly cancel: (queue: string, id: string) => Effect.Effect<boolean, WorkStoreError>
  /**
   * Gives an effect that completes when items of this plugin are added, put, finished, replayed, completed or cancelled after
   * now,
   * here or in another process that shares the store. That an item is leased is no change.
   */
  readonly changed: Effect.Effect<Effect.Effect<void>>
}

/** Opens the work store of a plugin. */
export class WorkStores extends Context.Service<WorkStores, {
  readonly of: (plugin: string) => Effect.Effect<WorkStoreShape, WorkStoreError, Scope.Scope>
}>()("@reventless/core/WorkStores") {}
