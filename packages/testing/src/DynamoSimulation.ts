/**
 * A simulated DynamoDB for tests of event stores that are built on it: deterministic, in a time of its own, and as unkind
 * as DynamoDB is allowed to be. Items of a transaction become visible one by one; answers are lost; requests arrive long
 * after their sender gave up; clocks are wrong.
 *
 * `run` lets several processes execute random commands through their stores over one simulated table, and judges what
 * happened by what the simulated server committed. Equal seeds give equal runs: a violation is found again by its seed.
 */
import type { EventStoreShape } from "@reventless/core/EventStore"
import type { IndexPlan } from "@reventless/core/IndexPlan"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Checker from "./dynamodb/Checker.ts"
import * as Client from "./dynamodb/Client.ts"
import * as CommitLog from "./dynamodb/CommitLog.ts"
import { execute, type Journal, type Process, type Violation } from "./dynamodb/Execution.ts"
import * as Layout from "./dynamodb/Layout.ts"
import * as Scenario from "./dynamodb/Scenario.ts"
import * as Server from "./dynamodb/Server.ts"
import type { Send } from "./dynamodb/Wire.ts"
import * as World from "./dynamodb/World.ts"

export type { Faults } from "./dynamodb/Client.ts"
export type { Violation } from "./dynamodb/Execution.ts"
export type { Profile } from "./dynamodb/Scenario.ts"
export type { Answer, Item, Send } from "./dynamodb/Wire.ts"

/** Opens the store of one process over the simulated table. */
export type Open = (
  send: Send,
  plan: IndexPlan,
  process: number
) => Effect.Effect<EventStoreShape, unknown, Scope.Scope>

/** What came of a run. */
export interface Report {
  readonly seed: number
  readonly profile: string
  readonly violations: ReadonlyArray<Violation>
  readonly commits: number
  /** How many executions ended in which way. */
  readonly outcomes: Readonly<Record<string, number>>
  /** How many requests of each kind were made. */
  readonly requests: Readonly<Record<string, number>>
}

/** What is written down when a run is to be read. */
export type Trace = (time: number, process: number, text: string) => void

const calm: Client.Faults = { unanswered: 0, sentTwice: 0, refused: 0, outages: false }

const usual: Scenario.Profile = {
  name: "usual",
  processes: 4,
  commands: 10,
  fewTags: false,
  slowCommits: false,
  acknowledgesEarly: false,
  forgetsTokens: false,
  interrupted: 0,
  severalEvents: 0.4,
  unanswered: 0.06,
  sentTwice: 0.03,
  refused: 0.02,
  outages: false
}

const crowded: Scenario.Profile = { ...usual, name: "crowded", processes: 6, commands: 18 }

const contended: Scenario.Profile = { ...usual, commands: 10, severalEvents: 0.9, fewTags: true, slowCommits: true }

/** Runs of different sizes, under different circumstances. */
export const profiles = {
  usual,
  crowded,
  slow: { ...usual, name: "slow", slowCommits: true, unanswered: 0.2 },
  contended: { ...contended, name: "contended", unanswered: 0.2 },
  unreliable: { ...usual, name: "unreliable", processes: 3, commands: 5, unanswered: 0.35, sentTwice: 0.1 },
  repeated: { ...crowded, name: "repeated", slowCommits: true, sentTwice: 0.5 },
  forgetful: { ...contended, name: "forgetful", unanswered: 0.35, forgetsTokens: true },
  interrupted: { ...usual, name: "interrupted", commands: 14, interrupted: 0.3 },
  cutOff: { ...usual, name: "cutOff", processes: 3, commands: 6, outages: true },
  acknowledgedEarly: { ...contended, name: "acknowledgedEarly", processes: 3, commands: 6, acknowledgesEarly: true }
} satisfies Readonly<Record<string, Scenario.Profile>>

/** Counts each request, and writes it down when a trace is wanted. */
const observed = (
  world: World.World,
  send: Send,
  process: number,
  counts: Record<string, number>,
  trace: Trace | undefined
): Send =>
(operation, request) => {
  counts[operation] = (counts[operation] ?? 0) + 1
  if (trace === undefined) return send(operation, request)
  const number = Object.values(counts).reduce((sum, count) => sum + count, 0)
  trace(world.now(), process, `#${number} ${operation} ${JSON.stringify(request)}`)
  const note = (what: string) => (value: unknown) =>
    Effect.sync(() => trace(world.now(), process, `#${number} ${what} ${JSON.stringify(value)}`))
  return send(operation, request).pipe(
    Effect.tap(note("answered")),
    Effect.tapError(({ cause }) => note("failed")(cause))
  )
}

/** Runs the scenario of a seed under a profile, with the store that `open` makes, and judges what happened. */
export const run = (options: {
  readonly seed: number
  readonly profile: Scenario.Profile
  readonly open: Open
  readonly trace?: Trace | undefined
}): Report => {
  const { open, profile, seed, trace } = options
  const world = World.make(seed)
  const server = Server.make(world, profile)
  const scenario = Scenario.make(world, profile)
  const journal: Journal = { executions: [], decisions: new Map(), violations: [], reads: [] }
  const requests: Record<string, number> = {}
  const faultless = Client.make(world, server, calm)
  const all: Array<Process> = []

  const openProcess = Effect.fnUntraced(function*(index: number) {
    const faulty = Client.make(world, server, profile)
    const send: Send = (operation, request) => (all.length < profile.processes ? faultless : faulty)(operation, request)
    const clock = world.clock({ ahead: world.below(400) - 200, unitsPerMilli: 40 })
    const store = yield* Effect.provideService(
      open(observed(world, send, index, requests, trace), scenario.plan, index),
      Clock.Clock,
      clock
    )
    const process: Process = { store, remembered: new Map(), others: all }
    all.push(process)
    return { process, clock }
  })

  const program = Effect.gen(function*() {
    const processes = yield* Effect.all(
      Array.from({ length: profile.processes }, (_, index) => openProcess(index)),
      { concurrency: "unbounded" }
    )
    let executions = 0
    const executeOn = (command: Scenario.Command, index: number) => {
      const { clock, process } = processes[index]!
      const executed = execute(world, journal, process, command, `x${++executions}`)
      const ended = world.random() < profile.interrupted
        ? Effect.timeoutOption(executed, world.random() * 80)
        : Effect.asSome(executed)
      return Effect.provideService(ended, Clock.Clock, clock)
    }
    const deliver = Effect.fnUntraced(
      function*(command: Scenario.Command, { again, at, process }: Scenario.Command["deliveries"][number]) {
        yield* Effect.sleep(at)
        const outcome = yield* executeOn(command, process)
        const unknown = outcome._tag === "None" ||
          (outcome.value._tag === "Failed" && outcome.value.reason === "OutcomeUnknown")
        const times = command.remembered && unknown ? Math.max(again, 1) : again
        for (let time = 0; time < times; time++) yield* executeOn(command, world.below(profile.processes))
      }
    )
    yield* Effect.all(
      scenario.commands.flatMap((command) => command.deliveries.map((delivery) => deliver(command, delivery))),
      { concurrency: "unbounded", discard: true }
    )
  })

  const ended = world.run(Effect.scoped(program))
  const log = CommitLog.make(server.commits)
  const outcomes: Record<string, number> = {}
  for (const { outcome } of journal.executions) {
    const name = outcome._tag === "Failed" ? outcome.reason : outcome._tag
    outcomes[name] = (outcomes[name] ?? 0) + 1
  }
  const stopped: ReadonlyArray<Violation> = ended._tag !== "Done"
    ? [{ kind: ended._tag === "Stuck" ? "deadlock" : "livelock", detail: `after ${world.now()} units of time` }]
    : ended.exit._tag === "Failure"
    ? [{ kind: "defect", detail: String(ended.exit.cause) }]
    : []
  return {
    seed,
    profile: profile.name,
    commits: log.length,
    outcomes,
    requests,
    violations: [
      ...stopped,
      ...Checker.violations(log, journal, profile.acknowledgesEarly),
      ...Layout.violations(scenario.plan, log, journal, server.table)
    ]
  }
}
