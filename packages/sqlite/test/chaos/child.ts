/**
 * A child of a chaos run: `node child.ts <filename>`. It says `ready`, waits for an {@link Order} on its standard input,
 * and then works until it is killed. Each answer that a command gets is a line: `<lane> <turn> <events>`.
 */
import { CommandBus } from "@reventless/core/CommandBus"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import { SqlitePlatform } from "@reventless/sqlite"
import * as BankPlugin from "@reventless/testing/platform/BankPlugin"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import { flushCompileCache } from "node:module"
import { armed, type Point } from "./points.ts"
import { send } from "./work.ts"

/** What a child is told to do. */
export interface Order {
  readonly seed: string
  /** The lanes to work on, and the turn to begin with in each. */
  readonly lanes: ReadonlyArray<readonly [lane: number, turn: number]>
  /** Where to die, and at which time it comes there; only when it is killed, if absent. */
  readonly point?: Point
  readonly count?: number
  /** Whether to rebuild a view beside the work, again and again. */
  readonly rebuild?: boolean
}

const filename = process.argv[2]!

/** A line that is written when the call returns: what was said before the end is not lost with the process. */
const say = (line: string) => Effect.sync(() => fs.writeSync(1, `${line}\n`))

const workOn = Effect.fnUntraced(function*(seed: string, lane: number, from: number) {
  const bus = yield* CommandBus
  for (let turn = from;; turn++) {
    const events = yield* send(bus, seed, lane, turn)
    yield* say(`${lane} ${turn} ${events}`)
    yield* Effect.sleep(10)
  }
})

const rebuildAgainAndAgain = Effect.gen(function*() {
  const operations = yield* Operations
  for (const view of ["Balances", "Totals", "Journal"]) {
    yield* Effect.ignore(Stream.runDrain(operations.rebuild(`Bank.${view}`)))
    yield* Effect.sleep(150)
  }
}).pipe(Effect.forever)

const provider = (order: Order) =>
  Layer.effectContext(Effect.map(
    Layer.build(SqlitePlatform.layer({ filename })),
    (services) => armed(services, order.point, order.count ?? 1)
  ))

const work = (order: Order) =>
  Effect.all([
    ...order.lanes.map(([lane, turn]) => workOn(order.seed, lane, turn)),
    ...(order.rebuild === true ? [rebuildAgainAndAgain] : [])
  ], { concurrency: "unbounded" }).pipe(
    Effect.provide(
      Platform.layer({ version: "1.0.0", plugins: [BankPlugin.ordered] }).pipe(
        Layer.provide(provider(order)),
        Layer.provideMerge(Logger.layer([]))
      )
    )
  )

// Who is killed writes no cache of what was compiled: it is written now, for those that come after.
flushCompileCache()
fs.writeSync(1, "ready\n")
process.stdin.setEncoding("utf8").once("data", (line: string) => {
  void Effect.runPromise(work(JSON.parse(line))).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
