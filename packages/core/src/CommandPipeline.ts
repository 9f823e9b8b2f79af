/**
 * The command pipeline: receive, load the boundary, decide, append, answer. `handle` takes commands from whoever drives
 * it (a caller, a queue, a test) and gives one result for each.
 *
 * Commands for one aggregate id run one after another; those that wait for the same id are folded and appended together.
 * Slices whose boundaries overlap in what they also write wait for each other; everything else runs in parallel. All that
 * is for speed within a process: what makes decisions right is the boundary that the store checks.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Access from "./Access.ts"
import type * as Boundary from "./Boundary.ts"
import { CommandConflict, CommandIdReused, type SendError } from "./CommandBus.ts"
import { CommandAccepted } from "./CommandResult.ts"
import type { Appended, EventStoreShape, NewEvent } from "./EventStore.ts"
import type { ReceivedCommand } from "./internal/commands/commandHandler.ts"
import * as Decision from "./internal/commands/decision.ts"
import * as DecisionState from "./internal/commands/decisionState.ts"
import * as FoldingQueue from "./internal/commands/foldingQueue.ts"
import * as KeyedLocks from "./KeyedLocks.ts"
import * as Metrics from "./Metrics.ts"
import * as Principal from "./Principal.ts"
import type * as Query from "./Query.ts"
import type { SnapshotStoreShape } from "./SnapshotStore.ts"
import * as Token from "./Token.ts"

/** What became of a command: accepted, or failed with an error of its definition or a {@link SendError}. */
export type Answer = Exit.Exit<CommandAccepted, unknown>

/** The pipeline of one plugin. */
export interface CommandPipeline {
  /** Decides commands and stores their events; one answer for each, in the order given. */
  readonly handle: (commands: ReadonlyArray<ReceivedCommand>) => Effect.Effect<ReadonlyArray<Answer>>
  /** Why its sender may not send a command, or undefined if it may. `handle` asks, too. */
  readonly denied: (command: ReceivedCommand) => Access.AccessDenied | undefined
}

/** What a pipeline works on. */
export interface Options {
  readonly store: EventStoreShape
  readonly snapshots: SnapshotStoreShape
  /** The rule of commands that have none. */
  readonly defaultAccess: Access.Access
  /** How many decision states are remembered; 10,000 when absent. */
  readonly cacheSize?: number | undefined
}

/** How often a command is decided before it gives up with `CommandConflict`. */
export const maxAttempts = 16

/** How many waiting commands of one aggregate id are appended together at most. */
const maxFolded = 64

type Group = readonly [ReceivedCommand, ...ReadonlyArray<ReceivedCommand>]

interface Decided {
  readonly command: ReceivedCommand
  readonly outcome: Exit.Exit<number, unknown>
}

/** Waits before the next attempt: not before the second, then exponential with full jitter, at most 250 ms. */
const backoff = (attempt: number): Effect.Effect<void> =>
  attempt < 2
    ? Effect.void
    : Effect.flatMap(Random.next, (random) => Effect.sleep(random * Math.min(250, 2 ** attempt)))

/** Makes the pipeline of a plugin. */
export const make = (options: Options): CommandPipeline => {
  const { store } = options
  const locks = KeyedLocks.make()
  const states = DecisionState.make(options)

  const denied: CommandPipeline["denied"] = ({ handler, meta, payload }) => {
    const principal = meta.principal ?? Principal.anonymous
    return Access.allows(handler.command.access ?? options.defaultAccess, principal, payload)
      ? undefined
      : new Access.AccessDenied({ target: handler.target, anonymous: principal._tag === "Anonymous" })
  }

  /** Decides each command in turn on the state that the ones before it leave. */
  const decideAll = Effect.fnUntraced(
    function*(group: ReadonlyArray<ReceivedCommand>, query: Query.Query | undefined, initial: unknown) {
      const events: Array<NewEvent> = []
      const decided: Array<Decided> = []
      let state = initial
      for (const command of group) {
        const outcome = yield* Effect.exit(Decision.decide(command, state))
        if (Exit.isSuccess(outcome)) {
          for (const made of outcome.value) {
            events.push(made.stored)
            state = Decision.fold(command.handler, query, state, made)
          }
        }
        decided.push({ command, outcome: Exit.map(outcome, (made) => made.length) })
      }
      return { events, decided, state }
    }
  )

  /** Writes what was decided, or proves that nothing had to be written. */
  const commit = (
    events: ReadonlyArray<NewEvent>,
    boundary: Boundary.Boundary | undefined,
    commandId: string | undefined
  ): Effect.Effect<Appended | undefined, AppendFailure> =>
    events.length > 0
      ? store.append(events, { boundary, commandId })
      : boundary === undefined
      ? Effect.undefined
      : store.confirm(boundary, { commandId })

  /** Decides and writes until it holds. Interruptible as long as nothing is written; what is written is answered. */
  const decideGroup = Effect.fnUntraced(function*(
    group: Group,
    query: Query.Query | undefined,
    interruptible: FoldingQueue.Interruptible
  ) {
    const [{ commandId, handler, payload }] = group
    let known = yield* interruptible(states.load(handler, query, payload))
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const { decided, events, state } = yield* interruptible(decideAll(group, query, known.state))
      const written = yield* Effect.result(commit(events, known.boundary, commandId))
      if (written._tag === "Success") {
        const appended = written.success
        if (appended?.replayed === true) return [replay(group[0], appended)]
        if (appended !== undefined) yield* states.advance(handler, payload, known, state, appended)
        const token = appended?.token ??
          (known.boundary === undefined ? Token.none : { extent: known.boundary.extent })
        return decided.map((one) => answer(one, token))
      }
      if (written.failure._tag !== "AppendConflict") {
        if (written.failure._tag === "Contended") yield* Metric.update(Metrics.contended, 1)
        return yield* written.failure
      }
      yield* Metric.update(Metrics.conflicts, 1)
      yield* Effect.logDebug(`${handler.target} met a conflict`, { attempt })
      yield* interruptible(backoff(attempt))
      yield* Metric.update(Metrics.retries, 1)
      known = yield* interruptible(states.catchUp(handler, query!, known))
    }
    yield* Metric.update(Metrics.contended, 1)
    return yield* new CommandConflict({ command: handler.target, attempts: maxAttempts })
  })

  /** Decides a group and gives each command its answer, also when all fail together. */
  const answerGroup = (
    group: Group,
    query: Query.Query | undefined,
    interruptible: FoldingQueue.Interruptible
  ): Effect.Effect<ReadonlyArray<Answer>> =>
    Effect.catchCause(decideGroup(group, query, interruptible), (cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause as Cause.Cause<never>)
        : Effect.succeed(group.map((): Answer => Exit.failCause(cause))))

  const together = FoldingQueue.make({
    locks,
    limit: maxFolded,
    process: (group: Group, interruptible) =>
      answerGroup(group, group[0].handler.query(group[0].payload), interruptible)
  })

  const alone = (command: ReceivedCommand, key: string | undefined): Effect.Effect<Answer> => {
    const query = command.handler.query(command.payload)
    const answered = Effect.uninterruptibleMask((restore) => answerGroup([command], query, restore))
    const keys = key === undefined ? command.handler.lockKeys(query) : [key]
    return Effect.map(locks.withKeys(keys)(answered), ([only]) => only!)
  }

  const handleOne = Effect.fnUntraced(
    function*(command: ReceivedCommand) {
      const refused = denied(command)
      if (refused !== undefined) return Exit.fail(refused)
      const key = command.handler.entityKey(command.payload)
      const result = yield* key !== undefined && command.commandId === undefined
        ? together.process(key, command)
        : alone(command, key)
      yield* count(command, result)
      return result
    },
    Effect.withSpan("CommandPipeline.handle", ({ handler, meta }: ReceivedCommand) => ({
      attributes: { command: handler.target, messageId: meta.messageId }
    }))
  )

  return {
    denied,
    handle: (commands) =>
      commands.length === 1
        ? Effect.map(handleOne(commands[0]!), (answer) => [answer])
        : Effect.forEach(commands, handleOne, { concurrency: "unbounded" })
  }
}

type AppendFailure = Effect.Error<ReturnType<EventStoreShape["append"]>>

const answer = ({ command, outcome }: Decided, token: Token.Token): Answer =>
  Exit.map(outcome, (eventCount) => accepted(command, eventCount, token))

const accepted = (command: ReceivedCommand, eventCount: number, token: Token.Token): CommandAccepted => {
  const entityId = command.handler.entityId(command.payload)
  return new CommandAccepted({
    messageId: command.meta.messageId,
    ...(entityId === undefined ? {} : { entityId }),
    eventCount,
    token
  })
}

/** The first result of a remembered command; refused when the id was another command's. */
const replay = (command: ReceivedCommand, first: Appended): Answer =>
  first.events[0]?.meta.causationId === command.meta.messageId
    ? Exit.succeed(accepted(command, first.events.length, first.token))
    : Exit.fail(new CommandIdReused({ commandId: command.commandId! }) satisfies SendError)

const count = ({ handler }: ReceivedCommand, result: Answer): Effect.Effect<void> => {
  const outcome = Exit.isSuccess(result)
    ? "accepted"
    : handler.rejects(Cause.squash(result.cause))
    ? "rejected"
    : "failed"
  return Metric.update(handler.answered[outcome], 1)
}
