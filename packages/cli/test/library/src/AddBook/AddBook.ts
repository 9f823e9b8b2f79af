import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Schema from "effect/Schema"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { BookAdded } from "../events.ts"

export class AddBook extends StateChangeSlice.make("AddBook", {
  command: { bookId: BookId, title: Schema.String },
  consumes: [],
  produces: [BookAdded]
}) {}
