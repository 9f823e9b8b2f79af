/** Versions: events that an older release stored are read as events of today, or refused; never guessed, never skipped. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { equal, isTrue } from "../conformance/Check.ts"
import { event } from "../conformance/Fixture.ts"
import { type AnyCheck, chapter, refusedWith } from "./Check.ts"
import { balance, balancesView, deposit, openAccount, rebuilt, type Running, startBank, withdraw } from "./Fixture.ts"

const check = chapter("versions")

/** A deposit as a release stored it that had this version of it. */
const storeDeposit = (
  { runtimes }: Running,
  schemaVersion: number,
  data: { readonly account: string } & Schema.JsonObject
) => {
  const stored = event(`version ${schemaVersion} of ${data.account}`, "Deposited", [`account:${data.account}`], data)
  return runtimes[0]!.events.append([{ ...stored, meta: { ...stored.meta, schemaVersion } }])
}

const amount = (running: Running, account: string, options?: Parameters<typeof balance>[2]) =>
  Effect.map(balance(running, account, options), (row) => Option.getOrUndefined(row)?.balance)

export const versions: ReadonlyArray<AnyCheck> = [
  check(
    "an event of an older version counts in decisions as one of today",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* storeDeposit(running, 1, { account: "a", cents: 500 })
      yield* refusedWith(withdraw(running, "a", 6), "Overdrawn", "more than there is")
      yield* equal((yield* withdraw(running, "a", 5)).eventCount, 1, "events of the withdrawal")
    })
  ),
  check(
    "an event of an older version counts in views as one of today, also when they are rebuilt",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* storeDeposit(running, 1, { account: "a", cents: 500 })
      const { token } = yield* deposit(running, "a", 1)
      yield* equal(yield* amount(running, "a", { after: token }), 6, "the balance")
      yield* rebuilt(running)
      yield* equal(yield* amount(running, "a"), 6, "the balance after a rebuild")
    })
  ),
  check(
    "an event that no version decodes fails the decisions that need it, and no others",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* openAccount(running, "b")
      yield* storeDeposit(running, 7, { account: "a", pounds: 500 })
      yield* refusedWith(withdraw(running, "a", 1), "EventUndecodable", "a decision on it")
      yield* equal((yield* deposit(running, "b", 1)).eventCount, 1, "events of another account")
      const again = yield* startBank()
      yield* refusedWith(withdraw(again, "a", 1), "EventUndecodable", "a decision on another platform")
    })
  ),
  check(
    "an event that no version decodes is parked with the reason, and nothing behind it is shown",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* openAccount(running, "b")
      yield* storeDeposit(running, 2, { account: "a", amount: 4 })
      yield* storeDeposit(running, 2, { account: "a", amount: "much" })
      yield* storeDeposit(running, 2, { account: "a", amount: 8 })
      const { token } = yield* deposit(running, "b", 1)
      yield* equal(yield* amount(running, "b", { after: token }), 1, "the balance of another account")
      yield* equal(yield* amount(running, "a"), 4, "the balance up to it")
      const { parked } = yield* running.operations.parked(balancesView)
      yield* equal(parked.map(({ lane }) => lane), ["a", "a"], "parked events")
      const [first] = parked
      yield* isTrue(
        first!.reason?.includes("Deposited") === true && first!.reason.includes("amount"),
        `the reason names the event and the field: ${first!.reason}`
      )
    })
  )
]
