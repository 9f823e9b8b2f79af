import * as ReadModelStream from "@reventless/core/ReadModelStream"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { LendBook } from "../LendBook/LendBook.ts"

export class Desk extends ReadModelStream.make("Desk", {
  row: { bookId: BookId },
  key: "bookId",
  sources: { LendBook }
}) {}
