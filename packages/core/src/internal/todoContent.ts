import * as Schema from "effect/Schema"
import * as Message from "../Message.ts"

/** From which event something is to be done. */
const cause = {
  /** The meta of the event. */
  meta: Message.Meta,
  /** The position of the event. */
  position: Schema.Finite
}

/** What an item of a todo list is stored with: its own content, or a command that is ready to be sent. */
export const TodoContent = Schema.Union([
  Schema.Struct({ item: Schema.Json, ...cause }),
  Schema.Struct({ target: Schema.String, command: Schema.Json, ...cause })
])

/** What an item of a todo list is stored with. */
export type TodoContent = typeof TodoContent.Type

/** Decodes stored content. */
export const decode = Schema.decodeUnknownEffect(TodoContent)

const decodePosition = Schema.decodeUnknownOption(Schema.Struct({ position: Schema.Finite }))

/** The position of the event that an item comes from; undefined where its content is damaged. */
export const positionOf = (content: Schema.Json): number | undefined => {
  const found = decodePosition(content)
  return found._tag === "Some" ? found.value.position : undefined
}
