import * as Effect from "effect/Effect"
import { BookLent } from "../events.ts"
import { LendBook } from "./LendBook.ts"

export const LendBookLive = LendBook.behavior({
  initial: undefined,
  evolve: {},
  decide: (command) => Effect.succeed([BookLent.make(command)])
})
