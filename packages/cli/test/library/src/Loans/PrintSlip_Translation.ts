import * as Effect from "effect/Effect"
import { PrintSlip } from "./PrintSlip.ts"

export const PrintSlipLive = PrintSlip.translation({
  collect: { BookLent: ({ bookId }) => ({ bookId }) },
  translate: () => Effect.void
})
