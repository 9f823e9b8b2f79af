import type * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type { EventUndecodable } from "../../Event.ts"
import type { SequencedEvent } from "../../EventStore.ts"
import type * as View from "../../View.ts"
import type { ViewStoreError } from "../../ViewStore.ts"
import type { NewWork } from "../../WorkStore.ts"
import type { Delivery } from "../views/laneProjection.ts"

/** What an event does to a todo list. */
export type Step =
  /** Adds an item; one without `due` may be begun at once. */
  | { readonly _tag: "Add"; readonly work: Omit<NewWork, "due">; readonly due: number | undefined }
  /** Closes the items of a lane that come from events before this position. */
  | { readonly _tag: "Close"; readonly lane: string; readonly before: number; readonly by: string }

/** What an event does in one of its lanes; a sentence where the event must be parked. */
export type Collected = Result.Result<ReadonlyArray<Step>, string>

/** Decodes a stored event by its definition. */
export type Decode = (event: SequencedEvent) => Effect.Effect<{ readonly _tag: string }, EventUndecodable>

/**
 * What makes a todo list of a view without rows: its checkpoint, its owner and its parked events live where those of views
 * do, and instead of rows it has work.
 */
export interface Collector {
  /**
   * What an event does in one of its lanes; a sentence where the event must be parked. `isBuilding` where the list is being
   * built anew, from its first event on.
   */
  readonly collect: (delivery: Delivery, decode: Decode, isBuilding: boolean) => Effect.Effect<Collected>
  /**
   * Writes steps, those of a lane in their order. It comes before the commit that says that their events are applied, and may come again:
   * an item that is known is left as it is, and one that is closed stays so.
   */
  readonly write: (steps: ReadonlyArray<Step>) => Effect.Effect<void, ViewStoreError>
}

/** What is fed from the log: a view, or a todo list in the shape of one. */
export interface FedBehavior extends View.Behavior<string, unknown> {
  readonly collector?: Collector
}
