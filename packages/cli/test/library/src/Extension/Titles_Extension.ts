import { publishCommand } from "@reventless/core/Action"
import { Titles } from "../../../library-spec/src/Contracts.ts"
import { AddBook } from "../AddBook/AddBook.ts"

export const TitlesExtensionLive = Titles.extension({
  incoming: { TitlePublished: ({ bookId, title }) => publishCommand(AddBook, { bookId, title }) }
})
