/**
 * Tasks: work of the application's own, as an Effect program that runs at its times or when an object appears or goes.
 */
import type * as Effect from "effect/Effect"

/** A task with its program, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D = unknown> {
  readonly kind: "TaskBehavior"
  readonly name: Name
  readonly definition: D
  readonly run: (input: unknown) => Effect.Effect<void, unknown>
  readonly "~R": (_: never) => R
}
