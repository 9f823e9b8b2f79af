/** What a caller may change by the id of a thing: only what is its own. */
import * as Access from "@reventless/core/Access"
import * as Event from "@reventless/core/Event"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { NoteId, NoteTaken } from "./notes.ts"

// #region own
export class NoteChanged extends Event.make("NoteChanged", { noteId: NoteId, text: Schema.String }) {}

export class NoteUnknown extends Schema.TaggedError<NoteUnknown>()("NoteUnknown", {}) {}

export class ChangeNote extends StateChangeSlice.make("ChangeNote", {
  command: { noteId: NoteId, text: Schema.NonEmptyString },
  consumes: [NoteTaken],
  produces: [NoteChanged],
  errors: [NoteUnknown],
  access: Access.authenticated
}) {}

export const ChangeNoteLive = ChangeNote.behavior({
  initial: undefined as string | undefined,
  evolve: { NoteTaken: (_, { author }) => author },
  decide: (command, author, { principal }) =>
    principal._tag === "User" && principal.id === author
      ? Effect.succeed([NoteChanged.make(command)])
      : Effect.fail(new NoteUnknown())
})
// #endregion own
