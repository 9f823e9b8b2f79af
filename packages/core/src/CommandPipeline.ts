/**
 * The command pipeline: receive, load the boundary, decide, append, answer. `handle` takes commands from whoever drives
 * it (a caller, a queue, a test) and gives one result for each.
 *
 * Commands for one aggregate id run one after another; those that wait for the same id are folded and appended together.
 * Slices whose boundaries overlap in what they also write wait for each other; everything else runs in parallel. All that
 * is for speed within a process: what makes decisions right is the boundary that the store checks.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Access from "./Access.ts"
import type * as Boundary from "./Boundary.ts"
import { CommandConflict, CommandIdReused, type SendError } from "./CommandBus.ts"
import { CommandAccepted } from "./CommandResult.ts"
import type { Appended, EventStoreShape, NewEvent } from "./EventStore.ts"
import type * as CommandHandler from "./internal/commandHandler.ts"
import * as DecisionState from "./internal/decisionState.ts"
import * as KeyedLocks from "./internal/keyedLocks.ts"
import * as Message from "./Message.ts"
import * as Metrics from "./Metrics.ts"
import * as Principal from "./Principal.ts"
import type * as Query from "./Query.ts"
import type { SnapshotStoreShape } from "./SnapshotStore.ts"
import * as Token from "./Token.ts"

/** A decoded command with its meta. */
export interface ReceivedCommand {
  readonly handler: CommandHandler.CommandHandler
  readonly payload: unknown
  readonly meta: Message.Meta
  readonly commandId: string | undefined
}

/** What became of a command: accepted, or failed with an error of its definition or a {@link SendError}. */
export type Answer = Exit.Exit<CommandAccepted, unknown>

/** The pipeline of one plugin. */
export interface CommandPipeline {
  /** Decides commands and stores their events; one answer for each, in the order given. */
  readonly handle: (commands: ReadonlyArray<ReceivedCommand>) => Effect.Effect<ReadonlyArray<Answer>>
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

interface Pending extends ReceivedCommand {
  readonly answer: Deferred.Deferred<CommandAccepted, unknown>
}

interface Decided {
  readonly pending: ReceivedCommand
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
  const waiting = new Map<string, Array<Pending>>()

  const checkAccess = ({ handler, meta, payload }: ReceivedCommand) =>
    Effect.suspend(() => {
      const principal = meta.principal ?? Principal.anonymous
      return Access.allows(handler.command.access ?? options.defaultAccess, principal, payload)
        ? Effect.void
        : Effect.fail(new Access.AccessDenied({ target: handler.target, anonymous: principal._tag === "Anonymous" }))
    })

  /** Decides each command in turn on the state that the ones before it leave. */
  const decideAll = Effect.fnUntraced(
    function*(group: ReadonlyArray<ReceivedCommand>, query: Query.Query | undefined, initial: unknown) {
      const events: Array<NewEvent> = []
      const decided: Array<Decided> = []
      let state = initial
      for (const pending of group) {
        const outcome = yield* Effect.exit(DecisionState.decide(pending, state))
        if (Exit.isSuccess(outcome)) {
          for (const made of outcome.value) {
            events.push(made.stored)
            state = DecisionState.fold(pending.handler, query, state, made)
          }
        }
        decided.push({ pending, outcome: Exit.map(outcome, (made) => made.length) })
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
      ? Effect.uninterruptible(store.append(events, { boundary, commandId }))
      : boundary === undefined
      ? Effect.undefined
      : store.confirm(boundary, { commandId })

  const decideGroup = Effect.fnUntraced(
    function*(group: readonly [ReceivedCommand, ...ReadonlyArray<ReceivedCommand>]) {
      const [{ commandId, handler, payload }] = group
      const query = handler.query(payload)
      let known = yield* states.load(handler, query, payload)
      for (let attempt = 1; attempt <= maxAttempts; attempt++) {
        const { decided, events, state } = yield* decideAll(group, query, known.state)
        const written = yield* Effect.result(commit(events, known.boundary, commandId))
        if (written._tag === "Success") {
          const appended = written.success
          if (appended?.replayed === true) return [replay(group[0], appended)]
          const token = appended?.token ??
            (known.boundary === undefined ? Token.none : { extent: known.boundary.extent })
          if (appended !== undefined) yield* states.advance(handler, query, payload, known, state, appended)
          return decided.map((one) => answer(one, token))
        }
        if (written.failure._tag !== "AppendConflict") {
          if (written.failure._tag === "Contended") yield* Metric.update(Metrics.contended, 1)
          return yield* written.failure
        }
        yield* Metric.update(Metrics.conflicts, 1)
        yield* Effect.logDebug(`${handler.target} met a conflict`, { attempt })
        yield* backoff(attempt)
        yield* Metric.update(Metrics.retries, 1)
        known = yield* states.catchUp(handler, query!, known)
      }
      yield* Metric.update(Metrics.contended, 1)
      return yield* new CommandConflict({ command: handler.target, attempts: maxAttempts })
    }
  )

  /** Decides a group and gives each command its answer, also when all fail together. */
  const answerGroup = (group: readonly [ReceivedCommand, ...ReadonlyArray<ReceivedCommand>]) =>
    Effect.matchCauseEffect(decideGroup(group), {
      onSuccess: (answers) => Effect.succeed(answers),
      onFailure: (cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause as Cause.Cause<never>)
          : Effect.succeed(group.map((): Answer => Exit.failCause(cause)))
    })

  /** Decides every command that waits for the key, this one among them, unless another fiber has done so already. */
  const drain = (key: string, pending: Pending): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (Deferred.isDoneUnsafe(pending.answer)) return Effect.void
      const queue = waiting.get(key) ?? []
      const group = queue.splice(0, maxFolded)
      if (queue.length === 0) waiting.delete(key)
      const [first, ...rest] = group
      if (first === undefined) return Effect.void
      return answerGroup([first, ...rest]).pipe(
        Effect.onInterrupt(() => Effect.sync(() => waiting.set(key, [...group, ...waiting.get(key) ?? []]))),
        Effect.map((answers) =>
          answers.forEach((one, index) =>
            Deferred.doneUnsafe(group[index]!.answer, one as Exit.Exit<CommandAccepted, unknown>)
          )
        )
      )
    })

  const forget = (key: string, pending: Pending) =>
    Effect.sync(() => {
      const left = (waiting.get(key) ?? []).filter((other) => other !== pending)
      if (left.length === 0) waiting.delete(key)
      else waiting.set(key, left)
    })

  const handleTogether = (command: ReceivedCommand, key: string): Effect.Effect<Answer> =>
    Effect.suspend(() => {
      const pending: Pending = { ...command, answer: Deferred.makeUnsafe() }
      const queue = waiting.get(key)
      if (queue === undefined) waiting.set(key, [pending])
      else queue.push(pending)
      const decideUntilDone: Effect.Effect<void> = Effect.suspend(() =>
        Deferred.isDoneUnsafe(pending.answer)
          ? Effect.void
          : Effect.flatMap(locks.withKeys([key])(drain(key, pending)), () => decideUntilDone)
      )
      return decideUntilDone.pipe(
        Effect.onInterrupt(() => forget(key, pending)),
        Effect.andThen(Effect.exit(Deferred.await(pending.answer)))
      )
    })

  const handleOne = Effect.fn("CommandPipeline.handle")(function*(command: ReceivedCommand) {
    const { handler, payload } = command
    yield* Effect.annotateCurrentSpan({ command: handler.target, messageId: command.meta.messageId })
    const access = yield* Effect.exit(checkAccess(command))
    if (Exit.isFailure(access)) return Exit.failCause(access.cause)
    const key = handler.entityKey(payload)
    const result: Answer = key !== undefined && command.commandId === undefined
      ? yield* handleTogether(command, key)
      : yield* Effect.map(
        locks.withKeys(key === undefined ? handler.lockKeys(payload) : [key])(answerGroup([command])),
        ([only]) => only!
      )
    yield* count(command, result)
    return result
  })

  return {
    handle: (commands) => Effect.forEach(commands, handleOne, { concurrency: "unbounded" })
  }
}

type AppendFailure = Effect.Error<ReturnType<EventStoreShape["append"]>>

const answer = ({ outcome, pending }: Decided, token: Token.Token): Answer =>
  Exit.map(outcome, (eventCount) => accepted(pending, eventCount, token))

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
  return Metric.update(Metric.withAttributes(Metrics.commands, { command: handler.target, outcome }), 1)
}
