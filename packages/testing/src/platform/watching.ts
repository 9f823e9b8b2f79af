/** Watching: the rows there are, and then every change, without a gap. */
import type { RowChange } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { equal, eventually, isTrue } from "../conformance/Check.ts"
import { range, together } from "../conformance/Fixture.ts"
import { AccountId, Balances } from "./Bank.ts"
import { type AnyCheck, chapter } from "./Check.ts"
import {
  anyCommand,
  closeAccount,
  deposit,
  openAccount,
  rows,
  type Running,
  seeded,
  someCommands,
  startBank
} from "./Fixture.ts"

const check = chapter("watching")

type Change = RowChange<{ readonly account: string; readonly balance: number; readonly trail: number }>

/** What somebody knows who has only followed the changes. */
const follow = Effect.fnUntraced(function*({ queries }: Running, key?: string) {
  const known = new Map<string, unknown>()
  const changes: Array<Change> = []
  yield* Effect.forkScoped(
    Stream.runForEach(
      queries.watch(Balances, key === undefined ? {} : { key: AccountId.make(key) }),
      (change) =>
        Effect.sync(() => {
          changes.push(change)
          if (change._tag === "RowSet") known.set(change.row.account, change.row)
          else known.delete(String(change.key))
        })
    ),
    { startImmediately: true }
  )
  return { known, changes }
})

const inOrder = (known: ReadonlyMap<string, unknown>) =>
  [...known].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row)

const shows = Effect.fnUntraced(function*(known: ReadonlyMap<string, unknown>, running: Running) {
  const { token } = yield* openAccount(running, "z")
  const { balances } = yield* rows(running, token)
  yield* eventually(() => known.has("z"), "the watch came to the last change")
  yield* equal(inOrder(known), balances, "what the watch told")
})

export const watching: ReadonlyArray<AnyCheck> = [
  check(
    "a watch that begins at any moment comes to the same rows as a query",
    seeded(Effect.gen(function*() {
      const running = yield* startBank()
      const working = together(range(5).map(() => someCommands(running, 20)))
      const watches = [yield* follow(running)]
      const begin = Effect.gen(function*() {
        for (const _ of range(6)) {
          yield* anyCommand(running)
          watches.push(yield* follow(running))
        }
      })
      yield* together([working, begin])
      const { token } = yield* openAccount(running, "z")
      const { balances } = yield* rows(running, token)
      for (const { known } of watches) {
        yield* eventually(() => known.has("z"), "the watch came to the last change")
        yield* equal(inOrder(known), balances, "what the watch told")
      }
    }))
  ),
  check(
    "a watch on another platform comes to the same rows",
    seeded(Effect.gen(function*() {
      const [here, there] = [yield* startBank(), yield* startBank()]
      const { known } = yield* follow(there)
      yield* together(range(4).map(() => someCommands(here, 15)))
      yield* shows(known, here)
    }))
  ),
  check(
    "a row that is removed is told of",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      yield* openAccount(running, "b")
      const { changes, known } = yield* follow(running)
      yield* eventually(() => known.size === 2, "the watch begins with what there is")
      yield* closeAccount(running, "a")
      yield* eventually(() => !known.has("a"), "the removal is told of")
      yield* equal(changes.at(-1), { _tag: "RowRemoved", key: "a", sort: undefined }, "the last change")
      const late = yield* follow(running)
      yield* eventually(() => late.known.has("b"), "a later watch begins with what there is")
      yield* equal(late.changes.map(({ _tag }) => _tag), ["RowSet"], "and not with what was removed before")
    })
  ),
  check(
    "a watch of one key tells of that key only",
    Effect.gen(function*() {
      const running = yield* startBank()
      yield* openAccount(running, "a")
      const { changes, known } = yield* follow(running, "b")
      yield* openAccount(running, "b")
      yield* deposit(running, "a", 1)
      yield* deposit(running, "b", 2)
      const last = () => (known.get("b") as { readonly balance: number } | undefined)?.balance
      yield* eventually(() => last() === 2, "the change is told of")
      yield* isTrue(
        changes.every((change) => change._tag === "RowSet" && change.row.account === "b"),
        "every change is of the key"
      )
    })
  )
]
