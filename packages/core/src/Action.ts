/**
 * Actions: what automations, translations, mappings, extensions and tasks have the platform do. An action is a value; the
 * platform does it, under an id that follows from what caused it, so that the target handles it once however often it is
 * done.
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { AnyTarget, PayloadOf } from "./CommandBus.ts"

/** A command for a component of the same plugin, or from an extension for its extension point. `T` is its target's definition. */
export interface PublishCommand<out T extends AnyTarget = AnyTarget> {
  readonly _tag: "PublishCommand"
  readonly to: T
  readonly command: unknown
  /** How long after its cause it is sent; at once when absent. */
  readonly delay: Duration.Input | undefined
}

/** An event for whoever listens to an extension point. `E` is the contract's event. */
export interface PublishEvent<out E extends { readonly _tag: string } = { readonly _tag: string }> {
  readonly _tag: "PublishEvent"
  readonly event: E
  /** Which entity it is about: events of one entity are delivered in their order. */
  readonly entity: string | undefined
}

/** A side effect, fired and forgotten. `R` are the services that its handler needs. */
export interface HandleDirective<out D extends { readonly _tag: string } = { readonly _tag: string }, out R = unknown> {
  readonly _tag: "HandleDirective"
  readonly directive: D
  readonly handler: (directive: any) => Effect.Effect<unknown, unknown, any>
  readonly "~R": (_: never) => R
}

/** The actions that send to some targets. */
export type ActionOf<T extends AnyTarget> = T extends AnyTarget ? PublishCommand<T> : never

/** One action, several in this order, or none. */
export type Actions<A> = A | ReadonlyArray<A> | undefined

/** Sends a command. */
export const publishCommand = <T extends AnyTarget>(to: T, command: PayloadOf<T>): PublishCommand<T> => ({
  _tag: "PublishCommand",
  to,
  command,
  delay: undefined
})

/** Sends a command so long after what caused it; durably, like everything that is done later. */
export const publishCommandDelayed = <T extends AnyTarget>(
  delay: Duration.Input,
  to: T,
  command: PayloadOf<T>
): PublishCommand<T> => ({ _tag: "PublishCommand", to, command, delay })

/**
 * Publishes an event of the extension point that is mapped. Its entity is the first of its ids, or of those of the event
 * that it is mapped from where it has none, unless `entity` says another.
 */
export const publishEvent = <E extends { readonly _tag: string }>(
  event: E,
  options: { readonly entity?: string } = {}
): PublishEvent<E> => ({ _tag: "PublishEvent", event, entity: options.entity })

/**
 * Has a directive handled, once everything else that the message comes to is done: at most once, not before it succeeds, and
 * not when a person has it done again or history is caught up with. A handler that fails is logged and counted.
 */
export const handleDirective = <D extends { readonly _tag: string }, R>(
  handler: (directive: NoInfer<D>) => Effect.Effect<unknown, unknown, R>,
  directive: D
): HandleDirective<D, R> => ({ _tag: "HandleDirective", directive, handler, "~R": (_) => _ as never })

/** The actions as a list. */
export const list = <A>(actions: Actions<A>): ReadonlyArray<A> =>
  actions === undefined ? [] : Array.isArray(actions) ? actions : [actions as A]
