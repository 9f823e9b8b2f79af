import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Schema from "effect/Schema"

export const BookId = Id.make("book")

export class BookWentOut extends Event.make("BookWentOut", { bookId: BookId }) {}

/** What the library tells others. */
export class Loans extends ExtensionPoint.make("Library.Loans", { version: "1.0.0", events: [BookWentOut] }) {}

export class TitlePublished extends Event.make("TitlePublished", { bookId: BookId, title: Schema.String }) {}

/** What a publisher tells the library. */
export class Titles extends ExtensionPoint.make("Publisher.Titles", { version: "1.0.0", events: [TitlePublished] }) {}
