import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { BookLent, BookReturned } from "../events.ts"
import { ReturnBook } from "../ReturnBook/ReturnBook.ts"

export class AskBack extends AutomationSlice.make("AskBack", {
  item: { bookId: BookId },
  key: "bookId",
  collects: [BookLent],
  resolves: [BookReturned],
  sends: [ReturnBook]
}) {}
