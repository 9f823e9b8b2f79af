import { publishCommand } from "@reventless/core/Action"
import * as Event from "@reventless/core/Event"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { LoanId, Loans } from "./spec.ts"

// #region once
export class FineCharged extends Event.make("FineCharged", { loanId: LoanId, cents: Schema.Int }) {}

export class ChargeFine extends StateChangeSlice.make("ChargeFine", {
  command: FineCharged.fields,
  consumes: [FineCharged],
  produces: [FineCharged]
}) {}

export const ChargeFineLive = ChargeFine.behavior({
  initial: false,
  evolve: { FineCharged: () => true },
  // A loan is fined once, however often it is told that its book is back.
  decide: (command, isCharged) => Effect.succeed(isCharged ? [] : [FineCharged.make(command)])
})
// #endregion once

// #region plugin
export const LoansExtensionLive = Loans.extension({
  incoming: {
    BookReturned: ({ daysLate, loanId }) =>
      daysLate === 0 ? undefined : publishCommand(ChargeFine, { loanId, cents: daysLate * 20 })
  },
  sends: [ChargeFine]
})

export const Fines = Plugin.make("Fines", {
  version: "1.0.0",
  stateChangeSlices: [ChargeFineLive],
  extensions: [LoansExtensionLive]
})
// #endregion plugin
