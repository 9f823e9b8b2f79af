import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { BookReturned } from "../events.ts"

export class ReturnBook extends StateChangeSlice.make("ReturnBook", {
  command: { bookId: BookId },
  consumes: [],
  produces: [BookReturned]
}) {}
