import { assert, describe, it } from "@effect/vitest"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Query from "@reventless/core/Query"
import * as Token from "@reventless/core/Token"
import { SqlitePlatform } from "@reventless/sqlite"
import { type Operation, violations, violationsInCommitOrder } from "@reventless/testing/EventStoreHistory"
import { Balances } from "@reventless/testing/platform/Bank"
import { Home } from "@reventless/testing/platform/Check"
import {
  balance,
  deposit,
  openAccount,
  rowsFollowFromTheLog,
  startBank,
  withViewStores
} from "@reventless/testing/platform/Fixture"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { spawn } from "node:child_process"
import * as path from "node:path"
import { processes, rounds } from "./processes-platform/plan.ts"
import { newFile } from "./support.ts"

/** Another process. `next` waits for what it says next, `tell` tells it something. */
const start = (filename: string, what: "history" | "platform", name: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(
        process.execPath,
        [path.join(import.meta.dirname, "processes-platform/child.ts"), filename, what, name],
        { stdio: ["pipe", "pipe", "inherit"] }
      )
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
      let text = ""
      let taken = 0
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => text += chunk)
      const lines = () => text.split("\n").slice(0, -1)
      const said = () => lines().map((line): unknown => JSON.parse(line))
      return {
        said,
        next: Effect.gen(function*() {
          while (lines().length <= taken) yield* Effect.sleep(2)
          return JSON.parse(lines()[taken++]!) as any
        }),
        tell: (line: unknown) => Effect.sync(() => child.stdin.write(`${JSON.stringify(line)}\n`)),
        kill: Effect.sync(() => child.kill("SIGKILL")),
        ended: Effect.promise(() => ended)
      }
    }),
    ({ ended, kill }) => Effect.andThen(kill, ended)
  )

type Child = Effect.Success<ReturnType<typeof start>>

const startAll = (filename: string, what: "history" | "platform", count: number) =>
  Effect.forEach(Array.from({ length: count }), (_, index) => start(filename, what, `p${index}`), {
    concurrency: "unbounded"
  })

/** What all of them say next. */
const nextOfAll = (children: ReadonlyArray<Child>) =>
  Effect.forEach(children, ({ next }) => next, { concurrency: "unbounded" })

describe("several processes on one file", () => {
  it.live(
    "four that decide on overlapping boundaries leave a history that happened as if one by one",
    () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        const children = yield* startAll(filename, "history", processes)
        const stores = yield* Layer.build(SqlitePlatform.layer({ filename }))
        const { of } = yield* Effect.provide(EventStores, stores)
        let conditional = 0
        let conflicts = 0
        for (const round of rounds) {
          yield* nextOfAll(children)
          for (const child of children) yield* child.tell("go")
          const operations = (yield* nextOfAll(children)).flat() as ReadonlyArray<Operation>
          const { store } = yield* of({ name: round, plan: IndexPlan.open })
          const history = { operations, log: yield* Stream.runCollect(store.read(Query.all)) }
          assert.deepStrictEqual(violations(history), [])
          assert.deepStrictEqual(violationsInCommitOrder(history), [])
          const appends = operations.filter(({ kind, query }) => kind === "append" && query !== undefined)
          conditional += appends.length
          conflicts += appends.filter(({ accepted }) => !accepted).length
        }
        yield* Console.log(`${processes} processes: ${conditional} conditional appends, ${conflicts} conflicts`)
        assert.isAtLeast(conditional, 2000)
        assert.isAbove(conflicts, 100)
      }).pipe(Effect.scoped)
  )

  it.live(
    "one of four feeds a view for all, and another takes it over when it is killed",
    () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        const owned: Array<string> = []
        const feeder = yield* start(filename, "platform", "feeder")
        const isOwner = (child: Child) =>
          child.said().filter((said) => Array.isArray(said) && said[0] === "owner").length
        while (isOwner(feeder) < 2) yield* Effect.sleep(5)
        const others = yield* startAll(filename, "platform", 2)
        const provider = withViewStores((store) => ({
          ...store,
          own: (view) => Effect.tap(store.own(view), () => Effect.sync(() => owned.push(view)))
        }))(yield* Layer.build(SqlitePlatform.layer({ filename })))
        const here = yield* Effect.provideService(startBank({ on: provider }), Home, { open: Effect.succeed(provider) })

        // A watch here tells of what was sent there and fed by the feeder.
        const watched = new Map<string, number>()
        yield* Effect.forkScoped(
          Stream.runForEach(
            here.queries.watch(Balances),
            (change) =>
              Effect.sync(() => change._tag === "RowSet" && watched.set(change.row.account, change.row.balance))
          ),
          { startImmediately: true }
        )
        const opened = yield* openAccount(here, "a")
        yield* here.queries.list(Balances, { after: opened.token })
        for (const child of others) assert.strictEqual(yield* child.next, "ready")
        let expected = 0
        for (let round = 0; round < 10; round++) {
          const child = others[round % 2]!
          yield* child.tell({ account: "a", amount: 3 })
          const [, text] = yield* child.next
          expected += 3
          const after = yield* Schema.decodeEffect(Token.Token)(text)
          const row = yield* balance(here, "a", { after })
          assert.strictEqual(Option.getOrThrow(row).balance, expected)
        }
        while (watched.get("a") !== expected) yield* Effect.sleep(5)
        assert.deepStrictEqual([owned.length, ...others.map(isOwner)], [0, 0, 0])

        yield* feeder.kill
        const { token } = yield* deposit(here, "a", 4)
        yield* here.queries.list(Balances, { after: token, timeout: "2 minutes" })
        yield* rowsFollowFromTheLog(here, token)
        while (watched.get("a") !== expected + 4) yield* Effect.sleep(5)
        const owners = () => owned.length + isOwner(others[0]!) + isOwner(others[1]!)
        while (owners() < 2) yield* Effect.sleep(5)
        yield* Effect.sleep(300)
        assert.strictEqual(owners(), 2, "each of the two views has one owner again")
      }).pipe(Effect.scoped)
  )
})
