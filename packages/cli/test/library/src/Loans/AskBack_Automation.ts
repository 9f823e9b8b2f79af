import { publishCommand } from "@reventless/core/Action"
import * as Effect from "effect/Effect"
import { ReturnBook } from "../ReturnBook/ReturnBook.ts"
import { AskBack } from "./AskBack.ts"

export const AskBackLive = AskBack.automation({
  collect: { BookLent: ({ bookId }) => ({ bookId }) },
  process: ({ bookId }) => Effect.succeed(publishCommand(ReturnBook, { bookId }))
})
