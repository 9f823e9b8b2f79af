import type { PublishCommand } from "@reventless/core/Action"
import type * as Schema from "effect/Schema"
import type { Tagged } from "../eventDifference.ts"
import * as TodoSpec from "../todoSpec.ts"
import { withCallerStack } from "../withCallerStack.ts"
import type { Verdict } from "./verdict.ts"

/** A todo list with the events that filled it: that of an automation or of an outbound translation. */
export interface GivenTodoList<Item, R> {
  /** Exactly these items are left to be done, in this order. */
  readonly thenItems: (items: ReadonlyArray<Item>) => Verdict<never>
  /** Nothing is left to be done. */
  readonly thenNoItems: Verdict<never>
  /** Runs `process` or `translate` once for each item that is left; as its first attempt when absent. */
  readonly whenProcessed: (options?: { readonly attempt?: number | undefined }) => WhenProcessed<R>
  /** Runs `onExhausted` for each item that is left, as if its last attempt had failed for this reason. */
  readonly whenExhausted: (reason: string) => WhenProcessed<R>
}

/** Items were worked on; now say what must have come of it. */
export interface WhenProcessed<R> {
  /** They came to exactly these commands, in this order. */
  readonly thenSends: (commands: ReadonlyArray<PublishCommand>) => Verdict<R>
  /** They came to no command. */
  readonly thenNothing: Verdict<R>
  /** One failed with an error of this class, or with this error; it would be tried again. */
  readonly thenFails: (error: Schema.Codec<unknown, any> | { readonly _tag: string }) => Verdict<R>
}

/** A todo list after these events, erased. */
export const givenTodoList = (
  behavior: TodoSpec.ListBehavior,
  events: ReadonlyArray<Tagged>
): GivenTodoList<unknown, never> => {
  const test = { behavior, given: events }
  return {
    thenItems: (items) => withCallerStack(TodoSpec.assertItems(test, items)),
    get thenNoItems() {
      return withCallerStack(TodoSpec.assertItems(test, []))
    },
    whenProcessed: ({ attempt = 1 } = {}) => whenWorked(test, { attempt }),
    whenExhausted: (reason) => whenWorked(test, { reason })
  }
}

const whenWorked = (test: TodoSpec.ListCase, step: TodoSpec.Step): WhenProcessed<never> => ({
  thenSends: (commands) => withCallerStack(TodoSpec.assertSends(test, step, commands)),
  get thenNothing() {
    return withCallerStack(TodoSpec.assertSends(test, step, []))
  },
  thenFails: (error) => withCallerStack(TodoSpec.assertFails(test, step, error))
})
