/** Snapshots: a shortcut to the state of an aggregate, never another truth. */
import { SnapshotStores } from "@reventless/core/SnapshotStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { equal, isTrue } from "../conformance/Check.ts"
import { range } from "../conformance/Fixture.ts"
import { snapshotEvery } from "./BankPlugin.ts"
import { type AnyCheck, chapter, refusedWith } from "./Check.ts"
import { deposit, open, openAccount, startBank, withdraw, withEventStores } from "./Fixture.ts"

const check = chapter("snapshots")

/** One account with thirteen events, made by a platform that has ended since. */
const longHistory = Effect.fnUntraced(function*(account = "a") {
  const running = yield* startBank()
  yield* openAccount(running, account)
  for (const _ of range(12)) yield* deposit(running, account, 1)
  yield* running.stop
})

/** The check's provider, and how many events were read for decisions on it. */
const counting = Effect.gen(function*() {
  const read = { events: 0 }
  const provider = withEventStores((store) => ({
    ...store,
    readBoundary: (query, options) =>
      Effect.tap(store.readBoundary(query, options), ({ events }) =>
        Effect.sync(() => {
          read.events += events.length
        }))
  }))(yield* open)
  return { provider, read }
})

export const snapshots: ReadonlyArray<AnyCheck> = [
  check(
    "a platform that starts reads only what came after the last snapshot",
    Effect.gen(function*() {
      yield* longHistory()
      const { provider, read } = yield* counting
      const running = yield* startBank({ on: provider })
      yield* refusedWith(withdraw(running, "a", 13), "Overdrawn", "more than there is")
      yield* equal((yield* withdraw(running, "a", 12)).eventCount, 1, "events of the withdrawal")
      yield* isTrue(read.events < snapshotEvery, `${read.events} events were read, fewer than ${snapshotEvery}`)
    })
  ),
  check(
    "a snapshot of another version is stale: the state is folded anew from all events",
    Effect.gen(function*() {
      yield* longHistory()
      const { provider, read } = yield* counting
      const running = yield* startBank({ on: provider, snapshotVersion: 2, factor: 2 })
      yield* equal((yield* withdraw(running, "a", 24)).eventCount, 1, "events of the withdrawal")
      yield* equal(read.events, 13, "events that were read")
    })
  ),
  check(
    "a snapshot that can't be decoded is as good as none",
    Effect.gen(function*() {
      yield* longHistory()
      const provider = yield* open
      const store = yield* Context.get(provider, SnapshotStores).of("Bank")
      yield* store.save("Account", "a", { version: 1, state: "rubbish", boundary: "rubbish" })
      const running = yield* startBank({ on: provider })
      yield* refusedWith(withdraw(running, "a", 13), "Overdrawn", "more than there is")
      yield* equal((yield* withdraw(running, "a", 12)).eventCount, 1, "events of the withdrawal")
    })
  ),
  check(
    "each aggregate has its own snapshot",
    Effect.gen(function*() {
      yield* longHistory("rich")
      const running = yield* startBank()
      yield* openAccount(running, "poor")
      for (const _ of range(6)) yield* deposit(running, "poor", 0)
      for (const _ of range(4)) yield* withdraw(running, "poor", 0)
      yield* running.stop
      const again = yield* startBank()
      yield* refusedWith(withdraw(again, "poor", 1), "Overdrawn", "an account without money")
      yield* equal((yield* withdraw(again, "rich", 12)).eventCount, 1, "events of the rich account")
    })
  )
]
