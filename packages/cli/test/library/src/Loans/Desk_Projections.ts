import { Desk } from "./Desk.ts"

export const DeskLive = Desk.projections((rows) => ({
  LendBook: { BookLent: ({ bookId }) => rows.set({ bookId }) }
}))
