import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Action from "../../Action.ts"
import type * as ExtensionPointMapping from "../../ExtensionPointMapping.ts"
import * as OwnProgram from "../ownProgram.ts"
import { NeverSucceeds } from "../todo/itemWorker.ts"

/** How long a mapping may take. */
const timeout = Duration.minutes(5)

/** Which mapping, and on what. */
export interface Place {
  readonly what: "mapping" | "extension"
  /** Its name, where the author gave one. */
  readonly name: string | undefined
  readonly point: string
  /** Whose mapping or extension it is. */
  readonly plugin: string
  /** The event or command. */
  readonly message: string
  readonly entity: string
}

/** A mapping or extension failed on a message. */
export class MappingFailed extends Data.TaggedError("MappingFailed")<{ readonly message: string }> {}

const sentence = ({ entity, message, name, plugin, point, what }: Place, detail: string): string =>
  `the ${name === undefined ? what : `${what} '${name}'`} of '${point}' in '${plugin}' failed on ${message} of ` +
  `'${entity}': ${detail}. Later ones of '${entity}' wait; mend what it says and have it done again, or cancel it`

/** Says of whatever fails which mapping it was, and on what. */
export const named =
  (place: Place) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, MappingFailed | NeverSucceeds, R> =>
    Effect.catchCause(effect, (cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause as Cause.Cause<never>)
      const message = sentence(place, OwnProgram.reasonOf(cause))
      const isLast = Option.exists(Cause.findErrorOption(cause), (error) => error instanceof NeverSucceeds)
      return Effect.fail(isLast ? new NeverSucceeds({ message }) : new MappingFailed({ message }))
    })

/** What a handler answers with. */
export interface Answer<Does> {
  readonly actions: ReadonlyArray<Does>
  /** Whether it answers the same each time: a plain function does, an Effect program may not. */
  readonly isFixed: boolean
}

/** Runs a handler: one is a plain function or an Effect program. */
export const answer = <Does>(
  run: OwnProgram.Run,
  handler: ExtensionPointMapping.Handlers[string],
  message: unknown,
  context: unknown
): Effect.Effect<Answer<Does>, unknown> =>
  run(() => {
    const answered = handler(message, context)
    const isFixed = !Effect.isEffect(answered)
    const program = isFixed ? Effect.succeed(answered) : answered as Effect.Effect<any, unknown>
    return Effect.map(program, (one) => ({ actions: Action.list(one) as ReadonlyArray<any>, isFixed }))
  }, { what: "it", timeout })

/** What definitions refuse to encode: a command of the contract, an event of it, a command of the own plugin. */
const refusals: ReadonlySet<unknown> = new Set(["NotOfContract", "NotPublished", "InvalidCommand"])

/** Says of what a definition refuses that no attempt can mend it, where its handler would answer the same again. */
export const refusedOnce = ({ isFixed }: Pick<Answer<unknown>, "isFixed">) =>
<A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | NeverSucceeds, R> =>
  Effect.mapError(effect, (error) => {
    const { _tag, message } = Object(error) as { readonly _tag?: unknown; readonly message?: unknown }
    return isFixed && refusals.has(_tag) ? new NeverSucceeds({ message: String(message) }) : error
  })
