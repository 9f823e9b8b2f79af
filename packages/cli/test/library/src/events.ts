import * as Event from "@reventless/core/Event"
import * as Schema from "effect/Schema"
import { BookId } from "../../library-spec/src/Contracts.ts"

export class BookAdded extends Event.make("BookAdded", { bookId: BookId, title: Schema.String }) {}
export class BookLent extends Event.make("BookLent", { bookId: BookId }) {}
export class BookReturned extends Event.make("BookReturned", { bookId: BookId }) {}
