import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { CommandResult } from "../../CommandResult.ts"
import * as Message from "../../Message.ts"
import * as Principal from "../../Principal.ts"
import type { Host } from "../platformPart.ts"

/** A command that the platform sends on its own behalf. */
export interface OwnCommand {
  /** Under which it is remembered: it follows from what caused it. */
  readonly id: string
  /** The target with its plugin. */
  readonly target: string
  readonly command: Schema.Json
  /** The meta of the event that caused it. */
  readonly cause: Message.Meta
  /** Whose command it is: a component with its plugin. */
  readonly component: string
  /** Whether it is taken now and decided later. */
  readonly isAsync: boolean
}

/** A command wasn't accepted. */
export class NotAccepted extends Data.TaggedError("NotAccepted")<{ readonly message: string }> {}

/** How long a command may take; one that isn't decided by then is asked for again by the next attempt. */
const patience = "1 minute"

/** How long an attempt waits for a command that is decided later. */
const wait = "30 seconds"

const refused = ({ target }: OwnCommand, result: CommandResult): string =>
  result._tag === "CommandRejected"
    ? `${target} was rejected: ${result.errorCode} ${JSON.stringify(result.error)}`
    : `${target} isn't decided yet${result._tag === "CommandPending" && result.reason ? `: ${result.reason}` : ""}`

/**
 * Sends a command and waits until it is accepted; fails when it isn't. Sent again under its id it is the same command: one
 * that was accepted isn't decided anew, and one that was rejected is.
 *
 * What became of a command that is decided later is kept under its id for good. So a later attempt has an id of its own,
 * once that of the earlier one is known to be rejected; before that it could be accepted twice.
 */
export const sendCommand = Effect.fnUntraced(function*({ bus }: Host, own: OwnCommand) {
  const { cause, command, component, id, isAsync, target } = own

  const sendAs = Effect.fnUntraced(function*(commandId: string) {
    const traceparent = yield* Message.currentTraceparent
    const meta: Message.Meta = {
      ...Message.derive(cause, {
        component,
        target,
        index: 0,
        time: yield* Clock.currentTimeMillis,
        service: target,
        schemaVersion: 1,
        traceparent
      }),
      messageId: commandId,
      principal: Principal.system
    }
    return yield* bus.dispatch({ target, commandId, meta, command })
  })

  const outcomeOf = (commandId: string) =>
    Effect.catchTag(bus.outcome(commandId), "UnknownMessage", (): Effect.Effect<undefined> => Effect.undefined)

  /** The id of the attempt that isn't known to be rejected, and what became of it. */
  const decidedLater = Effect.fnUntraced(function*() {
    for (let attempt = 0; true; attempt++) {
      const commandId = attempt === 0 ? id : Message.deriveId(id, component, target, attempt)
      const known = yield* outcomeOf(commandId)
      if (known?._tag === "CommandRejected") continue
      if (known?._tag === "CommandAccepted") return known
      if (known === undefined) yield* sendAs(commandId)
      return yield* bus.outcome(commandId, { wait })
    }
  })

  const result = yield* (isAsync ? decidedLater() : sendAs(id)).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(new NotAccepted({ message: `${target} took longer than ${patience}` }))
    }),
    Effect.provideService(Principal.CurrentPrincipal, Principal.system)
  )
  if (result._tag !== "CommandAccepted") return yield* new NotAccepted({ message: refused(own, result) })
})
