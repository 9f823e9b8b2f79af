import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import { FineCharged, Fines } from "../library/fines.ts"
import { EndLoan, Library } from "../library/library.ts"
import { LoanId } from "../library/spec.ts"

// #region platform
describe("the library and its fines", () => {
  it.effect("charge who brings a book back late", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const loanId = LoanId.make("l1")
      yield* bus.send(EndLoan, { loanId, daysLate: 3, desk: "2" })
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* TestPlatform.events(Fines), [FineCharged.make({ loanId, cents: 60 })])
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Library, Fines] }))))
})
// #endregion platform
