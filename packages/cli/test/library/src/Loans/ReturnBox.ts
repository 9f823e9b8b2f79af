import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import { BookId } from "../../../library-spec/src/Contracts.ts"
import { ReturnBook } from "../ReturnBook/ReturnBook.ts"

export class ReturnBox extends InboundTranslationSlice.make("ReturnBox", {
  input: { bookId: BookId },
  sends: [ReturnBook]
}) {}
