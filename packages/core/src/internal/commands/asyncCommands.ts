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
import * as HandOver from "../work/handOver.ts"
import { neverEnded, retryOrPark, type Worker } from "../work/workRunner.ts"
import * as CommandsSeen from "./commandsSeen.ts"

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

/** Whether an item is done, or waits for a person. */
const isSettled = ({ state }: WorkItem): boolean => state === "Done" || state === "Parked"

const pending = (messageId: string, reason: string | undefined): CommandPending =>
  new CommandPending({ messageId, ...(reason === undefined ? {} : { reason }) })

/** What became of a command so far, as it is stored. */
const resultOf = ({ id, outcome, reason, state }: WorkItem): Effect.Effect<CommandResult> =>
  state === "Done" ? Effect.orDie(decodeResult(outcome)) : Effect.succeed(pending(id, reason))

/** Makes the queue of a plugin's commands. */
export const make = (store: WorkStoreShape, { answer, rejection }: Decider): AsyncCommands => {
  const handOver = HandOver.make(store, { queue, limit: concurrency })

  const seen = CommandsSeen.make()

  /** Envelopes that were made here: nobody needs to check them. */
  const made = new WeakSet<object>()

  const decide = Effect.fnUntraced(function*(
    item: LeasedWork,
    envelope: Envelope
  ): Effect.fn.Return<CommandResult | WorkResult> {
    const answered = yield* answer({ ...envelope, commandId: envelope.commandId ?? item.id })
    if (Exit.isSuccess(answered)) return answered.value
    const found = Exit.findError(answered)
    if (Result.isFailure(found)) return yield* Effect.failCause(answered.cause as Cause.Cause<never>)
    const error = found.success as SendError
    const own = rejection(envelope.target, error)
    if (own !== undefined || isRefusal(error)) {
      const encoded = own === undefined ? { message: error.message } : yield* own
      return new CommandRejected({ messageId: item.id, errorCode: error._tag, error: encoded })
    }
    return yield* retryOrPark(item, isPassing(error) ? maxAttempts : 1, error.message)
  })

  const work = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    if (item.attempts > maxAttempts) return { _tag: "Park", reason: neverEnded(maxAttempts) }
    const isOwn = made.has(item.content as object)
    const envelope = isOwn ? item.content as unknown as Envelope : yield* Effect.orDie(decodeEnvelope(item.content))
    const sender = envelope.meta?.principal ?? Principal.anonymous
    const own = seen.begin(item.id, { sender, reason: item.reason })
    // Whoever sent it is answered before it is decided.
    if (isOwn) yield* Effect.yieldNow
    const result = yield* decide(item, envelope)
    if (!isDecided(result)) return result
    own.decided = result
    const outcome = (yield* Effect.orDie(encodeResult(result))) as Schema.Json
    return { _tag: "Done", outcome, isRepeatable: isRemembered(result) }
  })

  /** What became of a command once it is done, or waits for a person; undefined when there is none. */
  const settled = Effect.fnUntraced(function*(messageId: string, change: Effect.Effect<void> | undefined) {
    let changed = change
    while (true) {
      const here = seen.watch(messageId)
      // Once this process has begun, nobody needs to look at every change that others cause.
      if (here.held === undefined && changed !== undefined) {
        yield* Effect.raceFirst(changed, Deferred.await(here.begun))
        // In this turn more may change, and the worker begins what it can.
        if (here.held === undefined) yield* Effect.yieldNow
      }
      const became = here.held === undefined ? undefined : yield* Deferred.await(here.ended)
      if (became !== undefined) return became
      changed = yield* store.changed
      const item = yield* store.get(queue, messageId)
      if (item === undefined) return undefined
      if (isSettled(item)) return yield* resultOf(item)
    }
  })

  /** What became of a command so far: known here, or looked up. */
  const sofar = Effect.fnUntraced(function*(messageId: string) {
    const held = seen.held(messageId)
    if (held !== undefined) return pending(messageId, held.reason)
    const item = yield* store.get(queue, messageId)
    return item === undefined ? undefined : yield* resultOf(item)
  })

  return {
    submit: Effect.fnUntraced(function*(lane, envelope) {
      const now = yield* Clock.currentTimeMillis
      const { messageId } = envelope.meta
      made.add(envelope)
      yield* handOver.add({ id: messageId, lane, due: now, content: json(envelope) }, now)
      return new CommandPending({ messageId })
    }),
    outcome: Effect.fnUntraced(function*(messageId, options) {
      const wait = Duration.fromInputUnsafe(options?.wait ?? 0)
      const held = seen.held(messageId)
      let changed: Effect.Effect<void> | undefined
      if (held !== undefined) {
        if (!(yield* CommandsSeen.isFrom(held.sender))) return undefined
        if (!Duration.isPositive(wait)) return pending(messageId, held.reason)
      } else {
        changed = yield* store.changed
        const first = yield* store.get(queue, messageId)
        if (first === undefined) return undefined
        const { meta } = yield* Effect.orDie(decodeSent(first.content))
        if (!(yield* CommandsSeen.isFrom(meta.principal ?? Principal.anonymous))) return undefined
        if (isSettled(first) || !Duration.isPositive(wait)) return yield* resultOf(first)
      }
      const forget = Effect.sync(() => seen.forget(messageId))
      // Whatever the clock is set to meanwhile.
      const inTime = Effect.andThen(Effect.sleep(wait), sofar(messageId))
      return yield* Effect.ensuring(Effect.raceFirst(settled(messageId, changed), inTime), forget)
    }),
    worker: { queue, concurrency, work, ended: ({ id }, result) => seen.end(id, result?._tag === "Done"), handOver }
  }
}

/** Whether the log remembers the command by its id, and with which result. */
const isRemembered = (result: CommandResult): boolean => result._tag === "CommandAccepted" && result.eventCount > 0

const isDecided = (result: CommandResult | WorkResult): result is CommandResult =>
  result._tag === "CommandAccepted" || result._tag === "CommandRejected" || result._tag === "CommandPending"
