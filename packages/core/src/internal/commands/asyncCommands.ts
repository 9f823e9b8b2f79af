import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Envelope, isPassing, type OutcomeOptions, type SendError } from "../../CommandBus.ts"
import type { Answer } from "../../CommandPipeline.ts"
import { CommandPending, CommandRejected, CommandResult } from "../../CommandResult.ts"
import * as Principal from "../../Principal.ts"
import type { LeasedWork, WorkItem, WorkResult, WorkStoreError, WorkStoreShape } from "../../WorkStore.ts"
import { json } from "../json.ts"
import { neverEnded, retryOrPark, type Worker } from "../work/workRunner.ts"

/** The queue of commands that are decided later. An item's id is the command's message id, its lane the entity's tag. */
export const queue = "commands"

/** How often a command is tried that can't be decided for a passing reason. */
const maxAttempts = 12

/** How many commands of a plugin are decided at the same time. */
const concurrency = 64

/** What a queued command is decided by. */
export interface Decider {
  readonly answer: (envelope: Envelope) => Effect.Effect<Answer>
  /** Whether an error is one that the command's definition names, and such an error encoded. */
  readonly rejection: (target: string, error: unknown) => Effect.Effect<Schema.Json> | undefined
}

/** The commands of one plugin that are decided later. */
export interface AsyncCommands {
  /** Takes a command, durably. Taken again under its message id it is the same command. */
  readonly submit: (
    lane: string,
    envelope: Envelope & { readonly meta: NonNullable<Envelope["meta"]> }
  ) => Effect.Effect<CommandPending, WorkStoreError>
  /** What became of a command; undefined when none was taken under this message id from the caller. */
  readonly outcome: (
    messageId: string,
    options: OutcomeOptions | undefined
  ) => Effect.Effect<CommandResult | undefined, WorkStoreError>
  readonly worker: Worker
}

const decodeEnvelope = Schema.decodeUnknownEffect(Envelope)
const decodeSent = Schema.decodeUnknownEffect(
  Schema.Struct({ meta: Schema.Struct({ principal: Schema.optionalKey(Principal.Principal) }) })
)
const decodeResult = Schema.decodeUnknownEffect(Schema.toCodecJson(CommandResult))
const encodeResult = Schema.encodeUnknownEffect(Schema.toCodecJson(CommandResult))

/** Errors that no later attempt gets past, and that are no damage: the command is refused for good. */
const isRefusal = (error: SendError): boolean =>
  error._tag === "AccessDenied" || error._tag === "InvalidCommand" || error._tag === "UnknownCommand" ||
  error._tag === "CommandIdReused"

/** A command as this process sees it. */
interface Watch {
  readonly begun: Deferred.Deferred<void>
  /** What became of it; undefined when it isn't known here. */
  readonly ended: Deferred.Deferred<WorkItem | undefined>
  isBegun: boolean
}

/** Whether an item is done, or waits for a person. */
const isSettled = ({ state }: WorkItem): boolean => state === "Done" || state === "Parked"

/** Makes the queue of a plugin's commands. */
export const make = (store: WorkStoreShape, { answer, rejection }: Decider): AsyncCommands => {
  const done = (result: CommandResult) =>
    Effect.map(
      Effect.orDie(encodeResult(result)),
      (outcome): WorkResult => ({ _tag: "Done", outcome: outcome as Schema.Json })
    )

  /** The commands that this process is deciding, or that somebody in it waits for. */
  const watched = new Map<string, Watch>()

  const watch = (id: string): Watch => {
    let found = watched.get(id)
    if (found === undefined) {
      watched.set(id, found = { begun: Deferred.makeUnsafe(), ended: Deferred.makeUnsafe(), isBegun: false })
    }
    return found
  }

  const begin = ({ id }: LeasedWork): void => {
    const own = watch(id)
    own.isBegun = true
    Deferred.doneUnsafe(own.begun, Effect.void)
  }

  const ended = (item: LeasedWork, result: WorkResult | undefined): void => {
    const found = watched.get(item.id)
    if (found === undefined) return
    watched.delete(item.id)
    const became = result?._tag === "Done" ? { ...item, state: "Done", outcome: result.outcome } as const : undefined
    Deferred.doneUnsafe(found.ended, Effect.succeed(became))
  }

  const work = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    begin(item)
    if (item.attempts > maxAttempts) return { _tag: "Park", reason: neverEnded(maxAttempts) }
    const envelope = yield* Effect.orDie(decodeEnvelope(item.content))
    const answered = yield* answer({ ...envelope, commandId: envelope.commandId ?? item.id })
    if (Exit.isSuccess(answered)) return yield* done(answered.value)
    const found = Exit.findError(answered)
    if (Result.isFailure(found)) return yield* Effect.failCause(answered.cause as Cause.Cause<never>)
    const error = found.success as SendError
    const own = rejection(envelope.target, error)
    if (own !== undefined || isRefusal(error)) {
      const encoded = own === undefined ? { message: error.message } : yield* own
      return yield* done(new CommandRejected({ messageId: item.id, errorCode: error._tag, error: encoded }))
    }
    return yield* retryOrPark(item, isPassing(error) ? maxAttempts : 1, error.message)
  })

  const isSenders = ({ content }: WorkItem): Effect.Effect<boolean> =>
    Effect.gen(function*() {
      const asking = yield* Principal.CurrentPrincipal
      const { meta } = yield* Effect.orDie(decodeSent(content))
      const sender = meta.principal ?? Principal.anonymous
      return asking._tag === "System" ||
        (asking._tag === sender._tag && (asking._tag !== "User" || sender._tag !== "User" || asking.id === sender.id))
    })

  /** The item once it is done, or waits for a person; or as it is when the time is over, whatever the clock is set to. */
  const settled = Effect.fnUntraced(function*(messageId: string, change: Effect.Effect<void>, wait: Duration.Duration) {
    const end = Effect.gen(function*() {
      let changed = change
      while (true) {
        const here = watch(messageId)
        // Once this process has begun, nobody needs to look at every change that others cause.
        if (!here.isBegun) {
          yield* Effect.raceFirst(changed, Deferred.await(here.begun))
          // In this turn more may change, and the worker begins what it can.
          if (!here.isBegun) yield* Effect.yieldNow
        }
        const became = here.isBegun ? yield* Deferred.await(here.ended) : undefined
        if (became !== undefined) return became
        changed = yield* store.changed
        const item = yield* store.get(queue, messageId)
        if (item === undefined || isSettled(item)) return item
      }
    })
    // Another who waits for it, and isn't told any more that it has begun, looks at the next change.
    const forget = Effect.sync(() => watched.get(messageId)?.isBegun === false && watched.delete(messageId))
    return yield* Effect.raceFirst(end, Effect.andThen(Effect.sleep(wait), store.get(queue, messageId))).pipe(
      Effect.ensuring(forget)
    )
  })

  return {
    submit: Effect.fnUntraced(function*(lane, envelope) {
      const now = yield* Clock.currentTimeMillis
      const { messageId } = envelope.meta
      yield* store.add(queue, [{ id: messageId, lane, due: now, content: json(envelope) }], now)
      return new CommandPending({ messageId })
    }),
    outcome: Effect.fnUntraced(function*(messageId, options) {
      const wait = Duration.fromInputUnsafe(options?.wait ?? 0)
      const changed = yield* store.changed
      const first = yield* store.get(queue, messageId)
      if (first === undefined || !(yield* isSenders(first))) return undefined
      const item = isSettled(first) || !Duration.isPositive(wait) ? first : yield* settled(messageId, changed, wait)
      if (item === undefined) return undefined
      return item.state === "Done"
        ? yield* Effect.orDie(decodeResult(item.outcome))
        : new CommandPending({ messageId, ...(item.reason === undefined ? {} : { reason: item.reason }) })
    }),
    worker: { queue, concurrency, work, ended }
  }
}
