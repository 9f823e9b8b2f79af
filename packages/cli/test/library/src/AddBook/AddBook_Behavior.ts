import * as Effect from "effect/Effect"
import { BookAdded } from "../events.ts"
import { AddBook } from "./AddBook.ts"

export const AddBookLive = AddBook.behavior({
  initial: undefined,
  evolve: {},
  decide: (command) => Effect.succeed([BookAdded.make(command)])
})
