import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { BookLent } from "../events.ts"

export class PrintSlip extends OutboundTranslationSlice.make("PrintSlip", {
  item: { bookId: BookId },
  key: "bookId",
  collects: [BookLent]
}) {}
