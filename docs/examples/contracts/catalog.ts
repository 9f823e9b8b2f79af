/** The plugin that provides both major versions. */
import { publishCommand, publishEvent } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Plugin from "@reventless/core/Plugin"
import * as Sensitive from "@reventless/core/Sensitive"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { BookId, BookOffered, BookOfferedV1, Books, BooksV1, Money } from "./catalog-spec/index.ts"

// #region internal
/** What the catalog knows, for itself: what a book cost, and who sold it to us. */
export class BookBought extends Event.make("BookBought", {
  bookId: BookId,
  title: Schema.String,
  price: Money,
  cost: Money,
  seller: Sensitive.make(Schema.String)
}) {}
// #endregion internal

export class BookReserved
  extends Event.make("BookReserved", { bookId: BookId, copies: Schema.Int, days: Schema.Int })
{}

export class BuyBook extends StateChangeSlice.make("BuyBook", {
  command: BookBought.fields,
  consumes: [],
  produces: [BookBought]
}) {}

export class ReserveBook extends StateChangeSlice.make("ReserveBook", {
  command: BookReserved.fields,
  consumes: [],
  produces: [BookReserved]
}) {}

// #region mapping
export const BooksMappingLive = Books.mapping({
  from: [BookBought],
  outgoing: { BookBought: (event) => publishEvent(BookOffered.make(event)) },
  incoming: {
    Reserve: (command) => publishCommand(ReserveBook, command),
    Release: ({ bookId }) => publishCommand(ReserveBook, { bookId, copies: 0, days: 0 })
  },
  sends: [ReserveBook]
})
// #endregion mapping

// #region older
export const BooksV1Live = Books.older(BooksV1, {
  events: {
    BookOffered: ({ price, ...book }) =>
      price.currency === "EUR" ? BookOfferedV1.make({ ...book, price: price.amount }) : undefined
  },
  commands: {
    Reserve: (command) => publishCommand(Books.commands.Reserve, { ...command, days: 14 }),
    Release: (command) => publishCommand(Books.commands.Release, command)
  }
})
// #endregion older

// #region plugin
export const Catalog = Plugin.make("Catalog", {
  version: "2.0.0",
  stateChangeSlices: [
    BuyBook.behavior({
      initial: undefined,
      evolve: {},
      decide: (command) => Effect.succeed([BookBought.make(command)])
    }),
    ReserveBook.behavior({
      initial: undefined,
      evolve: {},
      decide: (command) => Effect.succeed([BookReserved.make(command)])
    })
  ],
  extensionPoints: [BooksMappingLive, BooksV1Live]
})
// #endregion plugin
