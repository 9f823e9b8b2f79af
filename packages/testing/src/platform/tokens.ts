/** Read your writes: a query that is given a command's token shows at least what the command did. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { equal, fail, isTrue } from "../conformance/Check.ts"
import { range, together } from "../conformance/Fixture.ts"
import { Balances } from "./Bank.ts"
import { type AnyCheck, chapter } from "./Check.ts"
import { audit, balance, deposit, openAccount, seeded, startBank, withdraw } from "./Fixture.ts"

const check = chapter("read your writes")

export const tokens: ReadonlyArray<AnyCheck> = [
  check(
    "a query with a command's token shows the command's rows, however many commands there are at once",
    seeded(Effect.gen(function*() {
      const running = yield* startBank()
      yield* together(
        range(10).map(Effect.fnUntraced(function*(number) {
          const account = `account-${number}`
          yield* openAccount(running, account)
          let expected = 0
          for (const _ of range(6)) {
            const amount = yield* Random.nextIntBetween(1, 12)
            const { token } = yield* deposit(running, account, amount)
            expected += amount
            const row = yield* balance(running, account, { after: token })
            yield* equal(Option.getOrUndefined(row)?.balance, expected, `the balance of ${account}`)
          }
        }))
      )
    }))
  ),
  check(
    "a list with a command's token shows the command's rows",
    Effect.gen(function*() {
      const running = yield* startBank()
      for (const number of range(10)) {
        const { token } = yield* openAccount(running, `account-${number}`, "bob")
        const { rows } = yield* running.queries.list(Balances, {
          index: "byOwner",
          where: { owner: "bob" },
          after: token
        })
        yield* equal(rows.length, number + 1, "rows of bob's")
      }
    })
  ),
  check(
    "the token of a command whose events no view looks at is reached too",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      const { token } = yield* audit(running, "a")
      yield* isTrue(Option.isSome(yield* balance(running, "a", { after: token })), "the row is there")
    })
  ),
  check(
    "the token of a command that had nothing to do stands for what it had seen",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* deposit(running, "a", 5)
      const { eventCount, token } = yield* deposit(running, "a", 0)
      yield* equal(eventCount, 0, "events")
      const row = yield* balance(running, "a", { after: token })
      yield* equal(Option.getOrUndefined(row)?.balance, 5, "the balance")
    })
  ),
  check(
    "a query on another platform waits for the token too",
    Effect.gen(function*() {
      const [here, there] = [yield* startBank(), yield* startBank()]
      yield* openAccount(here, "a")
      let expected = 0
      for (const amount of [3, 4, 5, 6]) {
        const { token } = yield* deposit(here, "a", amount)
        expected += amount
        const row = yield* balance(there, "a", { after: token })
        yield* equal(Option.getOrUndefined(row)?.balance, expected, "the balance there")
      }
      const { token } = yield* withdraw(there, "a", expected)
      const row = yield* balance(here, "a", { after: token })
      yield* equal(Option.getOrUndefined(row)?.balance, 0, "the balance here")
      const audited = yield* audit(here, "a")
      yield* balance(there, "a", { after: audited.token })
    })
  ),
  check(
    "a query that waits for a view that stands still says so after its timeout, and answers without the token",
    Effect.gen(function*() {
      const running = yield* startBank({ deliveryOrder: () => Effect.never })
      const { token } = yield* openAccount(running, "a")
      const refused = yield* Effect.result(balance(running, "a", { after: token, timeout: 60 }))
      if (refused._tag !== "Failure" || refused.failure._tag !== "ViewBehind") {
        return yield* fail(`expected ViewBehind, got ${refused._tag}`)
      }
      yield* isTrue(refused.failure.waitedMillis >= 55, "it waited for as long as it was told")
      yield* isTrue(Option.isNone(yield* balance(running, "a")), "without a token it answers with what there is")
    })
  )
]
