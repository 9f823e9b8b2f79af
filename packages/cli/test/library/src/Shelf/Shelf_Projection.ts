import { Shelf } from "./Shelf.ts"

export const ShelfLive = Shelf.projection((rows) => ({
  BookLent: ({ bookId }) => rows.remove(bookId),
  BookReturned: ({ bookId }) => rows.set({ bookId })
}))
