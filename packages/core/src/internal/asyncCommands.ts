import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Envelope, isPassing, type OutcomeOptions, type SendError } from "../CommandBus.ts"
import type { Answer } from "../CommandPipeline.ts"
import { CommandPending, CommandRejected, CommandResult } from "../CommandResult.ts"
import * as Principal from "../Principal.ts"
import type { LeasedWork, WorkItem, WorkResult, WorkStoreError, WorkStoreShape } from "../WorkStore.ts"
import { neverEnded, retryOrPark, type Worker } from "./workRunner.ts"

/** The queue of commands that are decided later. An item's id is the command's message id, its lane the entity's tag. */
export const queue = "commands"

/** How often a command is tried that can't be decided for a passing reason. */
const maxAttempts = 12

/** How many commands of a plugin are decided at the same time. */
const concurrency = 32

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

/** Makes the queue of a plugin's commands. */
export const make = (store: WorkStoreShape, { answer, rejection }: Decider): AsyncCommands => {
  const done = (result: CommandResult) =>
    Effect.map(
      Effect.orDie(encodeResult(result)),
      (outcome): WorkResult => ({ _tag: "Done", outcome: outcome as Schema.Json })
    )

  /** The commands that this process is deciding, and who waits until it has. */
  const deciding = new Map<string, Deferred.Deferred<void>>()

  const ended = ({ id }: LeasedWork): void => {
    const waiting = deciding.get(id)
    if (waiting === undefined) return
    deciding.delete(id)
    Deferred.doneUnsafe(waiting, Effect.void)
  }

  const work = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    deciding.set(item.id, Deferred.makeUnsafe())
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
  const settled = Effect.fnUntraced(function*(messageId: string, wait: Duration.Duration) {
    const end = Effect.gen(function*() {
      while (true) {
        const changed = yield* store.changed
        const item = yield* store.get(queue, messageId)
        if (item === undefined || item.state === "Done" || item.state === "Parked") return item
        // Until this process has decided, nobody needs to look at every change that others cause.
        const decided = deciding.get(messageId)
        yield* decided === undefined ? changed : Deferred.await(decided)
      }
    })
    return yield* Effect.raceFirst(end, Effect.andThen(Effect.sleep(wait), store.get(queue, messageId)))
  })

  return {
    submit: Effect.fnUntraced(function*(lane, envelope) {
      const now = yield* Clock.currentTimeMillis
      const { messageId } = envelope.meta
      const content = envelope as unknown as Schema.Json
      yield* store.add(queue, [{ id: messageId, lane, due: now, content }], now)
      return new CommandPending({ messageId })
    }),
    outcome: Effect.fnUntraced(function*(messageId, options) {
      const wait = Duration.fromInputUnsafe(options?.wait ?? 0)
      const first = yield* store.get(queue, messageId)
      if (first === undefined || !(yield* isSenders(first))) return undefined
      const item = first.state === "Done" || !Duration.isPositive(wait) ? first : yield* settled(messageId, wait)
      if (item === undefined) return undefined
      return item.state === "Done"
        ? yield* Effect.orDie(decodeResult(item.outcome))
        : new CommandPending({ messageId, ...(item.reason === undefined ? {} : { reason: item.reason }) })
    }),
    worker: { queue, concurrency, work, ended }
  }
}
