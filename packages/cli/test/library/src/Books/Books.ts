import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Schema from "effect/Schema"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { BookAdded } from "../events.ts"

export class Books extends StateViewSlice.make("Books", {
  row: { bookId: BookId, title: Schema.String },
  key: "bookId",
  consumes: [BookAdded]
}) {}
