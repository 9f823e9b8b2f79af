// #region rules
import * as Access from "@reventless/core/Access"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as StateViewSliceStream from "@reventless/core/StateViewSliceStream"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const NoteId = Id.make("note")

export class NoteTaken extends Event.make("NoteTaken", {
  noteId: NoteId,
  author: Schema.String,
  text: Schema.String
}) {}

export class TakeNote extends StateChangeSlice.make("TakeNote", {
  command: { noteId: NoteId, author: Schema.String, text: Schema.NonEmptyString },
  consumes: [NoteTaken],
  produces: [NoteTaken],
  access: Access.owner("author")
}) {}

export class MyNotes extends StateViewSliceStream.make("MyNotes", {
  row: { noteId: NoteId, author: Schema.String, text: Schema.String },
  key: "noteId",
  consumes: [NoteTaken],
  indexes: { byAuthor: ["author"] },
  access: Access.owner("author")
}) {}

export class AllNotes extends StateViewSlice.make("AllNotes", {
  row: { noteId: NoteId, author: Schema.String, text: Schema.String },
  key: "noteId",
  consumes: [NoteTaken],
  access: Access.groups("moderator")
}) {}
// #endregion rules

export const TakeNoteLive = TakeNote.behavior({
  initial: false,
  evolve: { NoteTaken: () => true },
  decide: (command, taken) => Effect.succeed(taken ? [] : [NoteTaken.make(command)])
})

export const MyNotesLive = MyNotes.projection((rows) => ({ NoteTaken: (event) => rows.set(event) }))
export const AllNotesLive = AllNotes.projection((rows) => ({ NoteTaken: (event) => rows.set(event) }))

export const Notes = Plugin.make("Notes", {
  version: "1.0.0",
  stateChangeSlices: [TakeNoteLive],
  stateViewSlices: [MyNotesLive, AllNotesLive]
})
