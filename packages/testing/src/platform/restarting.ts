/** Restarting: what a platform knew is known by the next one on the same data, and another takes over what it fed. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { equal } from "../conformance/Check.ts"
import { unlucky } from "./BankPlugin.ts"
import { type AnyCheck, chapter, refusedWith } from "./Check.ts"
import {
  balance,
  balancesView,
  deposit,
  log,
  openAccount,
  rows,
  rowsFollowFromTheLog,
  seeded,
  someCommands,
  startBank,
  withdraw
} from "./Fixture.ts"

const check = chapter("restarting")

export const restarting: ReadonlyArray<AnyCheck> = [
  check(
    "after a restart every event, row, receipt and record of a skip is there",
    seeded(Effect.gen(function*() {
      const mended = { done: false }
      const before = yield* startBank({ mended })
      yield* openAccount(before, "z", "zoe", { commandId: "opened" })
      yield* deposit(before, "z", unlucky)
      yield* someCommands(before, 30)
      const { token } = yield* openAccount(before, "y")
      const events = yield* log(before)
      const known = yield* rows(before, token)
      yield* before.operations.skip(balancesView, "z", "unlucky")
      yield* before.stop

      const after = yield* startBank({ mended })
      yield* equal(yield* log(after), events, "the log")
      yield* equal(yield* rows(after, token), known, "the rows")
      const again = yield* openAccount(after, "z", "zoe", { commandId: "opened" })
      yield* equal(again.eventCount, 1, "events of a command that is remembered")
      yield* equal((yield* log(after)).length, events.length, "events after it came again")
      const [record] = yield* after.operations.skipped(balancesView)
      yield* equal([record?.lane, record?.why], ["z", "unlucky"], "the record of the skip")
      yield* refusedWith(withdraw(after, "z", unlucky + 1), "Overdrawn", "more than there is")
    }))
  ),
  check(
    "when the platform that feeds a view ends, another that is waiting feeds it on",
    seeded(Effect.gen(function*() {
      const [first, second] = [yield* startBank(), yield* startBank()]
      const token = yield* someCommands(first, 20)
      yield* rows(second, token)
      yield* first.stop
      yield* openAccount(second, "z")
      const { token: later } = yield* deposit(second, "z", 4)
      const row = yield* balance(second, "z", { after: later })
      yield* equal(Option.getOrUndefined(row)?.balance, 4, "the balance")
      yield* rowsFollowFromTheLog(second, later)
    }))
  )
]
