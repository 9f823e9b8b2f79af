import * as StateViewSliceStream from "@reventless/core/StateViewSliceStream"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { BookLent, BookReturned } from "../events.ts"

export class Shelf extends StateViewSliceStream.make("Shelf", {
  row: { bookId: BookId },
  key: "bookId",
  consumes: [BookLent, BookReturned]
}) {}
