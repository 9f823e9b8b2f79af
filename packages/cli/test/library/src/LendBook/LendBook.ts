import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { BookLent } from "../events.ts"

export class LendBook extends StateChangeSlice.make("LendBook", {
  command: { bookId: BookId },
  consumes: [],
  produces: [BookLent]
}) {}
