import * as Effect from "effect/Effect"
import { BookReturned } from "../events.ts"
import { ReturnBook } from "./ReturnBook.ts"

export const ReturnBookLive = ReturnBook.behavior({
  initial: undefined,
  evolve: {},
  decide: (command) => Effect.succeed([BookReturned.make(command)])
})
