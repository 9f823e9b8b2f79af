/**
 * Inbound translation slices: what comes in from outside in words that aren't ours, and the commands that it means.
 */
import type * as Effect from "effect/Effect"
import type { PublishCommand } from "./Action.ts"
import type { AnyTarget } from "./CommandBus.ts"

/** A translation with its behaviour, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D = unknown> {
  readonly kind: "InboundTranslationSliceBehavior"
  readonly name: Name
  readonly definition: D
  readonly sends: ReadonlyArray<AnyTarget>
  readonly translate: (input: unknown) => Effect.Effect<ReadonlyArray<PublishCommand>, unknown>
  readonly "~R": (_: never) => R
}
