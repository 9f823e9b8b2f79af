import type * as Effect from "effect/Effect"
import type { PublishCommand } from "../Action.ts"
import type { AnyTarget } from "../CommandBus.ts"
import type * as Event from "../Event.ts"
import type * as Lane from "../Lane.ts"
import type * as Message from "../Message.ts"

/** What the work on an item knows beside the item. */
export interface ItemContext {
  /** The meta of the event that the item was collected from. */
  readonly meta: Message.Meta
  /** Stable over all attempts, and another for each item: hand it to whoever can recognise a call that is repeated. */
  readonly idempotencyKey: string
  /** 1 for the first. */
  readonly attempt: number
}

/** A todo list, erased: what automation slices, outbound translation slices and event mappings are run as. */
export interface TodoList {
  readonly kind: "AutomationSlice" | "OutboundTranslationSlice" | "EventMapping"
  /** Unique in its plugin; the name of the queue of its items. */
  readonly name: string
  /** The events that add items, and those that close them. */
  readonly consumes: ReadonlyArray<Event.Any>
  readonly lane: Lane.Lane
  /** The targets that it may send to, which must be components of its plugin. */
  readonly sends: ReadonlyArray<AnyTarget>
}

/** A todo list with its behaviour, to be listed in a plugin. */
export interface TodoBehavior<out Name extends string, out R, out D = unknown> {
  readonly kind: `${TodoList["kind"]}Behavior`
  readonly name: Name
  readonly definition: D
  readonly list: TodoList
  /** What an item's work comes to. */
  readonly work: (item: unknown, context: ItemContext) => Effect.Effect<ReadonlyArray<PublishCommand>, unknown>
  readonly "~R": (_: never) => R
}
