/** The catalog's contract, as it was published first. */
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Schema from "effect/Schema"

// #region contract
export const BookId = Id.make("book")

export class BookOffered extends Event.make("BookOffered", {
  bookId: BookId,
  title: Schema.String,
  price: Schema.Int
}) {}

export class Books extends ExtensionPoint.make("Catalog.Books", {
  version: "1.0.0",
  events: [BookOffered],
  commands: [Command.make("Reserve", { bookId: BookId, copies: Schema.Int })]
}) {}
// #endregion contract
