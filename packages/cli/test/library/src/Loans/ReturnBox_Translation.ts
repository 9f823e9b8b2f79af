import { publishCommand } from "@reventless/core/Action"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import { ReturnBook } from "../ReturnBook/ReturnBook.ts"
import { ReturnBox } from "./ReturnBox.ts"

export const ReturnBoxLive = ReturnBox.translation({
  secret: Config.Redacted("RETURN_BOX_SECRET"),
  translate: ({ bookId }) => Effect.succeed(publishCommand(ReturnBook, { bookId }))
})
