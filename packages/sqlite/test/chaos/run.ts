/**
 * A chaos run: two processes run the whole platform on one file, one of them is killed at a random moment, the file is
 * looked at, another process takes its place; again and again. Then one dies at each named point, and at the end a
 * platform brings every view to the end of the log.
 */
import { CommandBus } from "@reventless/core/CommandBus"
import * as Platform from "@reventless/core/Platform"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { SqlitePlatform } from "@reventless/sqlite"
import { Account, AccountId, Balances, Journal, Totals } from "@reventless/testing/platform/Bank"
import * as BankPlugin from "@reventless/testing/platform/BankPlugin"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import * as Children from "./children.ts"
import { type Acknowledged, looks } from "./look.ts"
import { type Point, points } from "./points.ts"
import { commandId, randoms } from "./work.ts"

/** What a run is asked for. */
export interface Options {
  /** An empty folder, for the file and the cache of compiled modules. */
  readonly folder: string
  readonly seed: string
  /** How many kills at random moments. */
  readonly kills: number
  /** Told after each kill. */
  readonly progress?: (line: string) => void
}

/** What came of a run. */
export interface Report {
  readonly seed: string
  readonly kills: number
  readonly points: number
  /** Commands that were answered, and how many of them had made events. */
  readonly answered: number
  readonly acknowledged: number
  /** Events in the log. Those beyond the acknowledged ones are of commands whose answer was lost with the process. */
  readonly events: number
  readonly millis: number
  /** What should not have happened. Empty when everything is right. */
  readonly violations: ReadonlyArray<string>
}

const slots = [[0, 1, 2, 3], [4, 5, 6, 7]] as const

/** How long a child may take until it comes to the point where it dies. */
const patience = 120_000

/** So many commands are acknowledged before the named points, at least. */
const enough = 100

/** Brings every view to the end of the log, in this process. */
export const settle = (filename: string) =>
  Effect.gen(function*() {
    const bus = yield* CommandBus
    const queries = yield* QueryEngine
    const last = { account: AccountId.make("last"), owner: "last" }
    const { token } = yield* bus.send(Account.commands.Open, last, { commandId: "last" })
    for (const view of [Balances, Totals, Journal]) {
      yield* queries.list(view as typeof Balances, { after: token, timeout: "2 minutes" })
    }
  }).pipe(
    Effect.provide(
      Platform.layer({ version: "1.0.0", plugins: [BankPlugin.ordered] }).pipe(
        Layer.provide(SqlitePlatform.layer({ filename }))
      )
    ),
    Effect.runPromise
  )

/** Runs it. */
export const run = async ({ folder, kills, progress, seed }: Options): Promise<Report> => {
  const began = performance.now()
  const filename = path.join(folder, "chaos.db")
  const random = randoms(seed)
  const turns = new Map<number, number>()
  const acknowledged: Array<Acknowledged> = []
  const violations: Array<string> = []
  let look = looks(filename)
  let answered = 0
  let spare = Children.start(filename, path.join(folder, "cache"))

  /** Puts the spare child on a slot. It sends the command again that nobody knows the answer of. */
  const replace = async (
    slot: number,
    also: { readonly point?: Point; readonly count?: number; readonly rebuild?: boolean }
  ) => {
    const child = spare
    spare = Children.start(filename, path.join(folder, "cache"))
    await child.ready
    child.order({ seed, lanes: slots[slot]!.map((lane) => [lane, turns.get(lane) ?? 0]), ...also })
    return child
  }

  /** Takes note of what a child said before its end, and looks at the file. */
  const judge = async (child: Children.Child, what: string) => {
    const signal = await child.ended
    if (signal !== "SIGKILL") violations.push(`${what}: the child ended by itself (${signal})`)
    for (const [lane, turn, events] of child.answers()) {
      answered++
      turns.set(lane, turn + 1)
      if (events > 0) acknowledged.push({ commandId: commandId(lane, turn), events })
    }
    const found = look(acknowledged)
    violations.push(...found.violations.map((violation) => `${what}: ${violation}`))
    return found
  }

  const active = [await replace(0, {}), await replace(1, {})]
  // What kills a file that is being made is a matter of migrations. The first kill meets a bank that works.
  while (active.some((child) => child.answers().length === 0)) await sleep(5)
  for (let kill = 1; kill <= kills && violations.length === 0; kill++) {
    await sleep(20 + random() * 280)
    const slot = random() < 0.5 ? 0 : 1
    active[slot]!.kill()
    const { applied, events } = await judge(active[slot]!, `kill ${kill}`)
    progress?.(`kill ${kill}: ${acknowledged.length} acknowledged, ${events} events, ${applied} in every view`)
    active[slot] = await replace(slot, { rebuild: random() < 0.25 })
  }

  // A slow machine has answered little by now. What is looked at last is a file that was worked with.
  const worked = () =>
    active.reduce(
      (sum, child) => sum + child.answers().filter(([, , events]) => events > 0).length,
      acknowledged.length
    )
  while (violations.length === 0 && worked() <= enough) await sleep(5)
  let reached = 0
  const named = violations.length === 0 ? points : []
  if (named.length > 0) {
    active[0]!.kill()
    await judge(active[0]!, "before the named points")
  }
  for (const point of named) {
    const count = 1 + Math.floor(random() * 3)
    active[0] = await replace(0, { point, count, rebuild: point.includes("rebuild") })
    const ended = await Promise.race([active[0].ended.then(() => true), sleep(patience, false, { ref: false })])
    if (!ended) {
      violations.push(`no child came to the point "${point}"`)
      break
    }
    await judge(active[0], `death ${point}`)
    reached++
    progress?.(`died ${point}`)
  }

  for (const child of [...active, spare]) child.kill()
  for (const child of reached < points.length ? active : active.slice(1)) await judge(child, "the end")
  await settle(filename)
  look = looks(filename)
  const { events, violations: last } = look(acknowledged, true)
  violations.push(...last.map((violation) => `at last: ${violation}`))
  return {
    seed,
    kills,
    points: reached,
    answered,
    acknowledged: acknowledged.length,
    events,
    millis: Math.round(performance.now() - began),
    violations
  }
}
