import type { AccessDenied } from "@reventless/core/Access"
import type * as Aggregate from "@reventless/core/Aggregate"
import { addressName, type AnyTarget, type InvalidCommand, type PayloadOf } from "@reventless/core/CommandBus"
import type * as Event from "@reventless/core/Event"
import type * as Principal from "@reventless/core/Principal"
import type * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import type * as DateTime from "effect/DateTime"
import { assertError, assertEvents, type ExpectedError } from "../assertCommand.ts"
import type { Tagged } from "../eventDifference.ts"
import type { CommandBehavior } from "../runCommand.ts"
import { withCallerStack } from "../withCallerStack.ts"
import type { Verdict } from "./verdict.ts"

/** What a test may say about the command: on whose behalf it is sent, what the clock says, and its meta. */
export interface WhenOptions {
  /** On whose behalf it is sent; the application itself when absent. */
  readonly principal?: Principal.Principal | undefined
  /** What the clock says while it is decided: an instant, ISO text or epoch milliseconds; the test's clock when absent. */
  readonly time?: DateTime.DateTime.Input | undefined
  /** The command's message id, which its events name as their cause; a new one when absent. */
  readonly messageId?: string | undefined
  /** The conversation it belongs to; the message id when absent. */
  readonly correlationId?: string | undefined
  /** What the meta of the command and of its events carries besides. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The command was sent; now say what must have come of it. */
export interface When<Produced, ErrorSchema extends { readonly Type: unknown }, R> {
  /** It was accepted and made exactly these events, in this order. */
  readonly then: (events: ReadonlyArray<Produced>) => Verdict<R>
  /** It was accepted and made no event. */
  readonly thenNothing: Verdict<R>
  /** It failed with an error of this class, or with this error; nothing was stored. */
  readonly thenFails: (
    error:
      | ErrorSchema
      | ErrorSchema["Type"]
      | typeof AccessDenied
      | AccessDenied
      | typeof InvalidCommand
      | InvalidCommand
  ) => Verdict<R>
}

/** A slice with its history. */
export interface GivenSlice<D extends StateChangeSlice.Any, R> {
  /** Sends the slice's command. */
  readonly when: (
    command: PayloadOf<D>,
    options?: WhenOptions
  ) => When<Event.TypeOf<D["produces"][number]>, D["errors"][number], R>
}

/** An aggregate with the history of one id. */
export interface GivenAggregate<D extends Aggregate.Any, R> {
  /** Sends a command, by its address: `Category.commands.CreateCategory`. */
  readonly when: <To extends D["commands"][keyof D["commands"]]>(
    to: To,
    command: PayloadOf<To>,
    options?: WhenOptions
  ) => When<Event.TypeOf<D["events"][number]>, To["errors"][number], R>
}

/** A command that is sent after these events. */
export const when = (
  behavior: CommandBehavior<unknown>,
  given: ReadonlyArray<Tagged>,
  to: AnyTarget,
  payload: unknown,
  options: WhenOptions = {}
) => {
  const test = { component: addressName(to["~address"]), behavior, given, to, payload, options }
  return {
    then: (expected: ReadonlyArray<Tagged>) => withCallerStack(assertEvents(test, expected)),
    get thenNothing() {
      return withCallerStack(assertEvents(test, []))
    },
    thenFails: (expected: ExpectedError) => withCallerStack(assertError(test, expected))
  }
}
