import { describe, it } from "@effect/vitest"
import { publishCommand } from "@reventless/core/Action"
import * as Spec from "@reventless/testing/Spec"
import { ChargeFine, ChargeFineLive, FineCharged, LoansExtensionLive } from "../library/fines.ts"
import { BookReturned, LoanId } from "../library/spec.ts"

const loanId = LoanId.make("l1")

describe("fines", () => {
  it.effect("are charged once for a loan", () =>
    Spec.given(ChargeFineLive, [FineCharged.make({ loanId, cents: 60 })])
      .when({ loanId, cents: 60 })
      .thenNothing)

  it.effect("are 20 cents a day", () =>
    Spec.extension(LoansExtensionLive)
      .whenReceived(BookReturned.make({ loanId, daysLate: 3 }))
      .then([publishCommand(ChargeFine, { loanId, cents: 60 })]))
})
