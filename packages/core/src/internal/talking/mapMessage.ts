import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Action from "../../Action.ts"
import type * as ExtensionPointMapping from "../../ExtensionPointMapping.ts"
import * as OwnProgram from "../ownProgram.ts"

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
export const named = (place: Place) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, MappingFailed, R> =>
  Effect.catchCause(effect, (cause) =>
    Cause.hasInterruptsOnly(cause)
      ? Effect.failCause(cause as Cause.Cause<never>)
      : Effect.fail(new MappingFailed({ message: sentence(place, OwnProgram.reasonOf(cause)) })))

/** What a handler answers with: one is a plain function or an Effect program. */
export const answer = (
  run: OwnProgram.Run,
  handler: ExtensionPointMapping.Handlers[string],
  message: unknown,
  context: unknown
): Effect.Effect<ReadonlyArray<any>, unknown> =>
  Effect.map(
    run(() => {
      const answered = handler(message, context)
      return Effect.isEffect(answered) ? answered as Effect.Effect<any, unknown> : Effect.succeed(answered)
    }, { what: "it", timeout }),
    Action.list
  )
