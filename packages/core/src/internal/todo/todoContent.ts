import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Message from "../../Message.ts"

/** From which event something is to be done. */
const cause = {
  /** The meta of the event. */
  meta: Message.Meta,
  /** The position of the event. */
  position: Schema.Finite
}

/** An item with content of its own. */
const Item = Schema.Struct({ item: Schema.Json, ...cause })

/** A command that is ready to be sent. */
export const Command = Schema.Struct({ target: Schema.String, command: Schema.Json, ...cause })

/** An event as it is stored, which is mapped when its turn comes. */
const StoredEvent = Schema.Struct({
  event: Schema.String,
  data: Schema.Json,
  ...cause,
  /** It was found when the list was built anew. */
  rebuilt: Schema.optionalKey(Schema.Boolean)
})

/** What an item of a todo list is stored with. */
export const TodoContent = Schema.Union([Item, Command, StoredEvent])

/** What an item of a todo list is stored with. */
export type TodoContent = typeof TodoContent.Type

/** A command that is ready to be sent. */
export type CommandContent = typeof Command.Type

/** What an item is stored with can't be read. */
export class Undecodable extends Data.TaggedError("Undecodable")<{ readonly message: string }> {}

/** Says of content what is wrong with it. */
export const undecodable = <A, R>(
  effect: Effect.Effect<A, { readonly message: string }, R>
): Effect.Effect<A, Undecodable, R> =>
  Effect.mapError(effect, ({ message }) => new Undecodable({ message: `its content can't be decoded: ${message}` }))

/** Decodes stored content. */
export const decode = Schema.decodeUnknownEffect(TodoContent)

const decodePosition = Schema.decodeUnknownOption(Schema.Struct({ position: Schema.Finite }))

/** The position of the event that an item comes from; undefined where its content is damaged. */
export const positionOf = (content: Schema.Json): number | undefined => {
  const found = decodePosition(content)
  return found._tag === "Some" ? found.value.position : undefined
}
