import { Books } from "./Books.ts"

export const BooksLive = Books.projection((rows) => ({
  BookAdded: ({ bookId, title }) => rows.set({ bookId, title })
}))
