/** The contract with a field and a command more. */
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Schema from "effect/Schema"
import { BookId } from "./ids.ts"

// #region contract
export class BookOffered extends Event.make("BookOffered", {
  bookId: BookId,
  title: Schema.String,
  price: Schema.Int,
  pages: Schema.optionalKey(Schema.Int)
}) {}

export class Books extends ExtensionPoint.make("Catalog.Books", {
  version: "1.1.0",
  events: [BookOffered],
  commands: [
    Command.make("Reserve", { bookId: BookId, copies: Schema.Int }),
    Command.make("Release", { bookId: BookId })
  ]
}) {}
// #endregion contract
