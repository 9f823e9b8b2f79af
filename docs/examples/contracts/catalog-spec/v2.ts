/** The second major version. */
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Schema from "effect/Schema"
import { BookId } from "./ids.ts"

// #region contract
export const Money = Schema.Struct({ amount: Schema.Int, currency: Schema.Literals(["EUR", "USD"]) })

export class BookOffered extends Event.make("BookOffered", {
  bookId: BookId,
  title: Schema.String,
  price: Money,
  pages: Schema.optionalKey(Schema.Int)
}) {}

export class Books extends ExtensionPoint.make("Catalog.Books", {
  version: "2.0.0",
  events: [BookOffered],
  commands: [
    Command.make("Reserve", { bookId: BookId, copies: Schema.Int, days: Schema.Int }),
    Command.make("Release", { bookId: BookId })
  ]
}) {}
// #endregion contract
