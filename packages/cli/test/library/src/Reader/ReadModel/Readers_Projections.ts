import { Readers } from "./Readers.ts"

export const ReadersLive = Readers.projections((rows) => ({
  Reader: { ReaderJoined: ({ readerId }) => rows.set({ readerId }) }
}))
