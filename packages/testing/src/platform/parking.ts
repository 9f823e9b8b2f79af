/** Parking: an event that can't be applied holds up its own lane and nothing else, until a person decides. */
import * as Principal from "@reventless/core/Principal"
import type { QueryOptions } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { equal, isTrue } from "../conformance/Check.ts"
import { unlucky } from "./BankPlugin.ts"
import { type AnyCheck, chapter } from "./Check.ts"
import {
  as,
  balance,
  balancesView as view,
  deposit,
  openAccount,
  rebuilt,
  rowsFollowFromTheLog,
  type Running,
  startBank,
  transfer
} from "./Fixture.ts"

const check = chapter("parking")

/** Two accounts, of which one has an event that can't be applied, with two more behind it. */
const blocked = Effect.fnUntraced(function*(mended: { readonly done: boolean }) {
  const running = yield* startBank({ mended })
  yield* openAccount(running, "a")
  yield* openAccount(running, "b")
  yield* deposit(running, "a", 5)
  yield* deposit(running, "a", unlucky)
  yield* deposit(running, "a", 2)
  yield* deposit(running, "b", 7)
  const { token } = yield* transfer(running, "a", "b", 1)
  return { running, token }
})

const amount = (running: Running, account: string, options?: QueryOptions) =>
  Effect.map(balance(running, account, options), (row) => Option.getOrUndefined(row)?.balance)

const parked = ({ operations }: Running) =>
  Effect.map(operations.parked(view), ({ parked }) => parked.map(({ lane, reason }) => [lane, reason !== undefined]))

export const parking: ReadonlyArray<AnyCheck> = [
  check(
    "an event that can't be applied parks the later ones of its lane, and only that lane waits",
    Effect.gen(function*() {
      const { running, token } = yield* blocked({ done: false })
      yield* equal(yield* amount(running, "a", { after: token }), 5, "the balance of the account that waits")
      yield* equal(yield* amount(running, "b"), 8, "the balance of the other account")
      yield* equal(yield* parked(running), [["a", true], ["a", false], ["a", false]], "parked events, and whose fault")
      const status = (yield* running.operations.views).find((status) => status.view === view)!
      yield* equal(status.blocked, [{ lane: "a", parked: 3 }], "the lanes that wait")
    })
  ),
  check(
    "replay applies the parked events of a lane in their order, once they can be applied",
    Effect.gen(function*() {
      const mended = { done: false }
      const { running, token } = yield* blocked(mended)
      yield* amount(running, "a", { after: token })
      const failed = yield* running.operations.replay(view, "a")
      yield* equal(failed.filter(({ _tag }) => _tag === "Applied"), [], "what was applied while nothing was mended")
      mended.done = true
      const outcomes = yield* running.operations.replay(view, "a")
      yield* equal(outcomes.map(({ _tag }) => _tag), ["Applied", "Applied", "Applied"], "outcomes")
      yield* rowsFollowFromTheLog(running, token)
      yield* equal(yield* parked(running), [], "parked events")
      const { token: later } = yield* deposit(running, "a", 3)
      yield* rowsFollowFromTheLog(running, later)
    })
  ),
  check(
    "replaying twice, or while nothing is parked, applies nothing twice",
    Effect.gen(function*() {
      const mended = { done: false }
      const { running, token } = yield* blocked(mended)
      yield* amount(running, "a", { after: token })
      mended.done = true
      yield* Effect.all([running.operations.replay(view, "a"), running.operations.replay(view, "a")], {
        concurrency: "unbounded"
      })
      yield* equal(yield* running.operations.replay(view, "a"), [], "outcomes of a lane that has nothing parked")
      yield* rowsFollowFromTheLog(running, token)
    })
  ),
  check(
    "skip gives up the first parked event, records who and why, and applies those behind it",
    Effect.gen(function*() {
      const { running, token } = yield* blocked({ done: false })
      yield* amount(running, "a", { after: token })
      const skipped = yield* as(Principal.system)(running.operations.skip(view, "a", "an unlucky number"))
      yield* isTrue(Option.isSome(skipped), "there was something to skip")
      yield* equal(yield* amount(running, "a"), 6, "the balance without what was skipped")
      yield* equal(yield* parked(running), [], "parked events")
      const records = yield* running.operations.skipped(view)
      yield* equal(
        records.map(({ by, lane, why }) => [lane, by, why]),
        [["a", "System", "an unlucky number"]],
        "records"
      )
      const nothing = yield* running.operations.skip(view, "a", "again")
      yield* isTrue(Option.isNone(nothing), "there is nothing left to skip")
      yield* equal((yield* running.operations.skipped(view)).length, 1, "records after a skip of nothing")
    })
  ),
  check(
    "events that come while a lane waits are parked behind it, also after a new start",
    Effect.gen(function*() {
      const mended = { done: false }
      const { running, token } = yield* blocked(mended)
      yield* amount(running, "a", { after: token })
      yield* running.stop
      const again = yield* startBank({ mended })
      yield* deposit(again, "a", 4)
      const { token: later } = yield* deposit(again, "b", 4)
      yield* equal(yield* amount(again, "b", { after: later }), 12, "the account that goes on")
      yield* equal((yield* parked(again)).length, 4, "parked events")
      mended.done = true
      yield* again.operations.replay(view, "a")
      yield* rowsFollowFromTheLog(again, later)
    })
  ),
  check(
    "a rebuild of a mended view leaves nothing parked",
    Effect.gen(function*() {
      const mended = { done: false }
      const { running, token } = yield* blocked(mended)
      yield* amount(running, "a", { after: token })
      mended.done = true
      yield* rebuilt(running)
      yield* equal(yield* parked(running), [], "parked events")
      yield* rowsFollowFromTheLog(running, token)
    })
  )
]
