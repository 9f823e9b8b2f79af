import { publishEvent } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { BookReturned, LoanId, Loans } from "./spec.ts"

// #region plugin
/** What the library knows for itself; others are told less. */
export class LoanEnded extends Event.make("LoanEnded", { loanId: LoanId, daysLate: Schema.Int, desk: Schema.String }) {}

export class EndLoan extends StateChangeSlice.make("EndLoan", {
  command: LoanEnded.fields,
  consumes: [],
  produces: [LoanEnded]
}) {}

export const EndLoanLive = EndLoan.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([LoanEnded.make(command)])
})

export const LoansMappingLive = Loans.mapping({
  from: [LoanEnded],
  outgoing: { LoanEnded: (event) => publishEvent(BookReturned.make(event)) }
})

export const Library = Plugin.make("Library", {
  version: "1.0.0",
  stateChangeSlices: [EndLoanLive],
  extensionPoints: [LoansMappingLive]
})
// #endregion plugin
