import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { PublishCommand } from "../../Action.ts"
import type { AnyTarget } from "../../CommandBus.ts"
import type * as Event from "../../Event.ts"
import type * as Lane from "../../Lane.ts"
import type * as Message from "../../Message.ts"

/** What collecting knows beside the event. */
export interface CollectContext {
  /** The meta of the event. */
  readonly meta: Message.Meta
}

/** What the work on an item knows beside the item. */
export interface ItemContext {
  /** The meta of the event that the item was collected from. */
  readonly meta: Message.Meta
  /** Stable over all attempts, and another for each item: hand it to whoever can recognise a call that is repeated. */
  readonly idempotencyKey: string
  /** 1 for the first. */
  readonly attempt: number
}

/** What is known about an item whose attempts are used up. */
export interface ExhaustedContext {
  readonly meta: Message.Meta
  readonly idempotencyKey: string
  /** Why the last attempt failed. */
  readonly reason: string
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
  /** How often an item is tried. */
  readonly attempts: number
  /** How long an attempt may take. */
  readonly timeout: Duration.Duration
  /** Events from before this instant add and close nothing, in milliseconds since 1970. */
  readonly since: number | undefined
  /** Events are collected anew when it changes. */
  readonly version: number
}

/** Items that a definition describes, and what is done with each. */
export interface OwnItems {
  readonly _tag: "Items"
  /** The items in the form in which they are stored. */
  readonly codec: Schema.Codec<any, Schema.Json>
  /** The field whose value is an item's lane. */
  readonly key: string
  /** The items of an event; an event that adds none answers with none. */
  readonly collect: (event: { readonly _tag: string }, context: CollectContext) => ReadonlyArray<unknown>
  /** Whether there are events that close items. */
  readonly closes: boolean
  /** The keys whose items an event closes, `all` for every one of its ids; none for an event that closes nothing. */
  readonly resolve: (event: { readonly _tag: string }) => ReadonlyArray<string> | "all"
  readonly work: (item: any, context: ItemContext) => Effect.Effect<ReadonlyArray<PublishCommand>, unknown>
  readonly exhausted:
    | ((item: any, context: ExhaustedContext) => Effect.Effect<ReadonlyArray<PublishCommand>, unknown>)
    | undefined
}

/** Items that are commands, ready to be sent. */
export interface MappedCommands {
  readonly _tag: "Commands"
  /** The commands that an event is mapped to. */
  readonly collect: (event: { readonly _tag: string }, context: CollectContext) => ReadonlyArray<MappedCommand>
}

/** A command that an event is mapped to. */
export interface MappedCommand {
  /** The mapping that it comes from. */
  readonly mapping: string
  /** Which command of the mapping it is. */
  readonly index: number
  readonly action: PublishCommand
}

/** A todo list with its behaviour, to be listed in a plugin. */
export interface TodoBehavior<out Name extends string, out R, out D = unknown> {
  readonly kind: `${TodoList["kind"]}Behavior`
  readonly name: Name
  readonly definition: D
  readonly list: TodoList
  readonly items: OwnItems | MappedCommands
  readonly "~R": (_: never) => R
}
