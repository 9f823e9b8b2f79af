/**
 * Actions: what automations, translations, event mappings and tasks have the platform do. An action is a value; the
 * platform does it, under an id that follows from what caused it, so that the target handles it once however often it is
 * done.
 */
import type * as Duration from "effect/Duration"
import type { AnyTarget, PayloadOf } from "./CommandBus.ts"

/** A command for a component of the same plugin. `T` is its target's definition. */
export interface PublishCommand<out T extends AnyTarget = AnyTarget> {
  readonly _tag: "PublishCommand"
  readonly to: T
  readonly command: unknown
  /** How long after its cause it is sent; at once when absent. */
  readonly delay: Duration.Input | undefined
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

/** The actions as a list. */
export const list = <A>(actions: Actions<A>): ReadonlyArray<A> =>
  actions === undefined ? [] : Array.isArray(actions) ? actions : [actions as A]
