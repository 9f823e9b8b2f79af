import { publishEvent } from "@reventless/core/Action"
import { BookWentOut, Loans } from "../../../library-spec/src/Contracts.ts"
import { BookLent } from "../events.ts"

export const LoansMappingLive = Loans.mapping({
  from: [BookLent],
  outgoing: { BookLent: (event) => publishEvent(BookWentOut.make(event)) }
})
