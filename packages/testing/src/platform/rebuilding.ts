/** Rebuilding: a view is built anew beside the running one and takes its place in one step, while everything goes on. */
import type { ViewCommit } from "@reventless/core/ViewStore"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { equal, fail, isTrue } from "../conformance/Check.ts"
import { event, range, together } from "../conformance/Fixture.ts"
import { Balances, ChangedBalances } from "./Bank.ts"
import * as BankPlugin from "./BankPlugin.ts"
import { type AnyCheck, chapter, refusedWith } from "./Check.ts"
import {
  anyCommand,
  balancesView,
  deposit,
  log,
  open,
  openAccount,
  rebuilt,
  rows,
  rowsFollowFromTheLog,
  type Running,
  seeded,
  someCommands,
  start,
  startBank,
  withViewStores
} from "./Fixture.ts"
import * as Model from "./Model.ts"

const check = chapter("rebuilding")

/** Makes the log so long that no store feeds a view with it in one batch: 1,500 deposits on five accounts. */
const longLog = Effect.fnUntraced(function*(running: Running) {
  const names = ["a", "b", "c", "d", "e"]
  for (const name of names) yield* Effect.ignore(openAccount(running, name))
  for (const part of range(15)) {
    yield* running.runtimes[0]!.events.append(
      range(100).map((index) => {
        const account = names[index % 5]!
        const stored = event(`${part} ${index}`, "Deposited", [`account:${account}`], { account, amount: 1 })
        return { ...stored, meta: { ...stored.meta, schemaVersion: 2 } }
      })
    )
  }
  return (yield* deposit(running, "a", 1)).token
})

/** The check's provider; `before` runs before each commit to the view of balances. */
const gated = (before: (step: ViewCommit) => Effect.Effect<void>) =>
  Effect.map(
    open,
    withViewStores((store) => ({
      ...store,
      commit: (step) => step.view === "Balances" ? Effect.andThen(before(step), store.commit(step)) : store.commit(step)
    }))
  )

export const rebuilding: ReadonlyArray<AnyCheck> = [
  check(
    "a rebuild comes to the same rows, while commands and queries go on",
    seeded(Effect.gen(function*() {
      const running = yield* startBank()
      yield* rows(running, yield* longLog(running))
      const rebuild = yield* Effect.forkScoped(Stream.runCollect(running.operations.rebuild(balancesView)))
      yield* together(range(4).map(() => someCommands(running, 15)))
      const progress = yield* Fiber.join(rebuild)
      yield* equal(progress.at(-1), { view: balancesView, generation: 2, fraction: 1, done: true }, "the last progress")
      const { token } = yield* openAccount(running, "z")
      yield* rowsFollowFromTheLog(running, token)
      yield* together(range(3).map(() => rebuilt(running).pipe(Effect.ignore)))
      const later = yield* someCommands(running, 5)
      yield* rowsFollowFromTheLog(running, later ?? token)
    }))
  ),
  check(
    "queries see the old rows, whole and up to date, until the new ones take their place",
    Effect.gen(function*() {
      const held = yield* Deferred.make<void>()
      const reached = yield* Deferred.make<void>()
      const provider = yield* gated(({ generation, revision }) =>
        generation === 1 || revision === 0
          ? Effect.void
          : Effect.andThen(Deferred.succeed(reached, undefined), Deferred.await(held))
      )
      const running = yield* startBank({ on: provider })
      yield* rows(running, yield* longLog(running))
      const rebuild = yield* Effect.forkScoped(rebuilt(running))
      yield* Deferred.await(reached)
      const { token } = yield* deposit(running, "b", 5)
      yield* rowsFollowFromTheLog(running, token)
      const [status] = (yield* running.operations.views).filter(({ view }) => view === balancesView)
      yield* equal(
        [status!.generation, status!.rebuild?.done],
        [1, false],
        "the generation, and whether it was replaced"
      )
      const fraction = status!.rebuild?.fraction
      yield* isTrue(fraction === undefined || (fraction > 0 && fraction < 1), `progress is a part: ${fraction}`)
      yield* Deferred.succeed(held, undefined)
      yield* Fiber.join(rebuild)
      yield* rowsFollowFromTheLog(running, token)
      const [after] = (yield* running.operations.views).filter(({ view }) => view === balancesView)
      yield* equal([after!.generation, after!.rebuild], [2, undefined], "the generation, and no rebuild any more")
    })
  ),
  check(
    "cursors and watches of the rows that were replaced say that the view was rebuilt",
    Effect.gen(function*() {
      const running = yield* startBank()
      for (const account of ["a", "b", "c"]) yield* openAccount(running, account)
      const { token } = yield* deposit(running, "a", 1)
      const { cursor } = yield* running.queries.list(Balances, { limit: 2, after: token })
      const watch = yield* Effect.forkScoped(Stream.runDrain(running.queries.watch(Balances)), {
        startImmediately: true
      })
      yield* rebuilt(running)
      yield* refusedWith(running.queries.list(Balances, { limit: 2, cursor }), "ViewRebuilt", "the cursor")
      yield* refusedWith(Fiber.join(watch), "ViewRebuilt", "the watch")
      const { rows: found } = yield* running.queries.list(Balances)
      yield* equal(found.map(({ account }) => account), ["a", "b", "c"], "the rows")
    })
  ),
  check(
    "a rebuild that ended midway goes on where it was, and comes to the same rows",
    Effect.gen(function*() {
      const reached = yield* Deferred.make<void>()
      const dying = yield* startBank({
        on: yield* gated(({ generation, revision }) =>
          generation === 1 || revision === 0
            ? Effect.void
            : Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
        )
      })
      yield* rows(dying, yield* longLog(dying))
      yield* Effect.forkScoped(rebuilt(dying))
      yield* Deferred.await(reached)
      yield* dying.stop
      const begun: Array<number> = []
      const again = yield* startBank({
        on: yield* gated(({ generation, revision }) =>
          Effect.sync(() => {
            if (generation === 2) begun.push(revision)
          })
        )
      })
      const statuses = Effect.map(again.operations.views, (all) => all.find(({ view }) => view === balancesView)!)
      yield* Effect.repeat(Effect.andThen(Effect.sleep(5), statuses), { until: ({ generation }) => generation === 2 })
      yield* isTrue(begun[0]! > 0, `the first commit after it began at revision ${begun[0]}`)
      const { token } = yield* deposit(again, "a", 1)
      yield* rowsFollowFromTheLog(again, token)
    })
  ),
  check(
    "a view whose definition changed is rebuilt when the platform starts, and takes the old one's place",
    seeded(Effect.gen(function*() {
      const before = yield* startBank()
      const token = yield* someCommands(before, 40)
      yield* rows(before, token)
      yield* before.stop
      const after = yield* start({ plugins: [BankPlugin.changedPlugin] })
      yield* anyCommand(after)
      const status = Effect.map(after.operations.views, (all) => all.find(({ view }) => view === balancesView)!)
      yield* Effect.repeat(Effect.andThen(Effect.sleep(5), status), { until: ({ generation }) => generation === 2 })
      const { token: last } = yield* openAccount(after, "z")
      const found = yield* after.queries.list(ChangedBalances, { after: last })
      const expected = Model.rowsAfter(yield* log(after)).balances
      yield* equal(
        found.rows,
        expected.map((row) => ({ ...row, balance: row.balance * 100 })),
        "the rows of the changed view"
      )
    }))
  ),
  check(
    "a rebuild that is asked for while another runs takes its place, and the first one's asker is told",
    Effect.gen(function*() {
      const running = yield* startBank({
        on: yield* gated(({ generation, revision }) => generation === 2 && revision > 0 ? Effect.never : Effect.void)
      })
      yield* rows(running, yield* longLog(running))
      const first = yield* Effect.forkScoped(rebuilt(running))
      const building = Effect.map(running.operations.views, (all) => all[0]!.rebuild?.generation)
      yield* Effect.repeat(Effect.andThen(Effect.sleep(2), building), { until: (generation) => generation === 2 })
      yield* rebuilt(running)
      const told = yield* Effect.result(Fiber.join(first))
      if (Result.isSuccess(told)) return yield* fail("the first rebuild said that it was done")
      const { token } = yield* deposit(running, "a", 1)
      yield* rowsFollowFromTheLog(running, token)
      yield* equal((yield* running.operations.views)[0]!.generation, 3, "the generation")
    })
  )
]
