import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Command from "../../Command.ts"
import {
  type Address,
  addressName,
  type AnyTarget,
  type CommandBus,
  type Envelope,
  InvalidCommand,
  type SendError,
  type SendOptions,
  UnknownCommand,
  UnknownMessage
} from "../../CommandBus.ts"
import type { Answer } from "../../CommandPipeline.ts"
import { CommandRejected, type CommandResult } from "../../CommandResult.ts"
import { describe } from "../../Issues.ts"
import * as Message from "../../Message.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type { WorkStoreShape } from "../../WorkStore.ts"
import { canonicalJson } from "../canonicalJson.ts"
import { md5Hex } from "../md5.ts"
import type { Worker } from "../work/workRunner.ts"
import * as AsyncCommands from "./asyncCommands.ts"
import type { CommandHandler } from "./commandHandler.ts"

/** Commands are not versioned by themselves; the contract that they are part of is. */
const schemaVersion = 1

/** How the payload of a command is checked and encoded. */
interface Route {
  readonly runtime: PluginRuntime
  readonly handler: CommandHandler
  readonly check: (payload: unknown) => Effect.Effect<unknown, InvalidCommand>
  readonly decode: (payload: Schema.Json) => Effect.Effect<unknown, InvalidCommand>
  readonly encode: (payload: unknown) => Effect.Effect<Schema.Json, InvalidCommand>
  readonly encodeError: (error: unknown) => Effect.Effect<Schema.Json>
}

const route = (runtime: PluginRuntime, handler: CommandHandler): Route => {
  const schema = handler.command.schema as Schema.Codec<unknown, unknown>
  const json = Schema.toCodecJson(schema)
  const invalid = <A>(effect: Effect.Effect<A, Schema.SchemaError>) =>
    Effect.mapErrorEager(effect, (error) => new InvalidCommand({ command: handler.target, ...describe(error) }))
  const check = Schema.decodeUnknownEffect(Schema.toType(schema), { errors: "all" })
  const decode = Schema.decodeUnknownEffect(json, { errors: "all", onExcessProperty: "error" })
  const encode = Schema.encodeUnknownEffect(json)
  const errors = handler.command.errors.map((error) => ({
    is: Schema.is(error),
    encode: Schema.encodeUnknownEffect(Schema.toCodecJson(error))
  }))
  return {
    runtime,
    handler,
    check: (payload) => invalid(check(payload)),
    decode: (payload) => invalid(decode(payload)),
    encode: (payload) => invalid(encode(payload) as Effect.Effect<Schema.Json, Schema.SchemaError>),
    encodeError: (error) => {
      const found = errors.find(({ is }) => is(error))
      return found === undefined
        ? Effect.die(error)
        : Effect.orDie(found.encode(error) as Effect.Effect<Schema.Json, Schema.SchemaError>)
    }
  }
}

/** Makes the command bus of a platform. */
export const make = (runtimes: ReadonlyArray<PluginRuntime>): CommandBus["Service"] & {
  /** The name of a target on this platform, and its payload encoded. */
  readonly encode: (
    to: Address,
    payload: unknown
  ) => Effect.Effect<{ readonly target: string; readonly command: Schema.Json }, InvalidCommand | UnknownCommand>
  /** What decides the commands that were taken to be decided later, perhaps by a version whose slices were async. */
  readonly queues: ReadonlyArray<{ readonly plugin: string; readonly store: WorkStoreShape; readonly worker: Worker }>
} => {
  const routes = runtimes.flatMap((runtime) => runtime.handlers.map((handler) => route(runtime, handler)))
  const byCommand = new Map<Command.Any, Route>(routes.map((one) => [one.handler.command, one]))
  const byTarget = new Map<string, Route>(routes.map((one) => [one.handler.target, one]))

  const find = (found: Route | undefined, command: string): Effect.Effect<Route, UnknownCommand> =>
    found === undefined
      ? Effect.fail(new UnknownCommand({ command, known: [...byTarget.keys()] }))
      : Effect.succeed(found)

  const findAddress = (to: Address) => find(byCommand.get(to.command), addressName(to))

  /** A remembered command's message id follows from its content, so that another content under its id is noticed. */
  const metaOf = Effect.fnUntraced(
    function*({ encode, handler }: Route, payload: unknown, options: SendOptions | undefined) {
      if (options?.commandId === undefined) return yield* Message.root(handler.target, schemaVersion, options)
      const digest = md5Hex(canonicalJson(yield* encode(payload)))
      const messageId = Message.deriveId(options.commandId, handler.target, digest, 0)
      return yield* Message.root(handler.target, schemaVersion, { ...options, messageId })
    }
  )

  const run = (to: Route, payload: unknown, meta: Message.Meta, commandId: string | undefined): Effect.Effect<Answer> =>
    Effect.map(to.runtime.handle([{ handler: to.handler, payload, meta, commandId }]), ([answer]) => answer!)

  // A span without the stack frame that `Effect.fn` would add: taking it costs a tenth of a command.
  const send = Effect.fnUntraced(function*(to: AnyTarget, payload: unknown, options?: SendOptions) {
    const found = yield* findAddress(to["~address"])
    yield* Effect.annotateCurrentSpan({ command: found.handler.target })
    const checked = yield* found.check(payload)
    const meta = yield* metaOf(found, checked, options)
    if (found.handler.async) return yield* submit(found, checked, meta, options?.commandId)
    const answer: Answer = yield* run(found, checked, meta, options?.commandId)
    return yield* answer
  }, Effect.withSpan("CommandBus.send"))

  /** Takes a command that is decided later, if its sender may send it. */
  const submit = Effect.fnUntraced(
    function*(found: Route, payload: unknown, meta: Message.Meta, commandId: string | undefined) {
      const { handler, runtime } = found
      const denied = runtime.denied({ handler, payload, meta, commandId })
      if (denied !== undefined) return yield* denied
      const command = yield* found.encode(payload)
      return yield* queues.get(runtime)!.submit(handler.lane(payload), {
        target: handler.target,
        meta,
        command,
        ...(commandId === undefined ? {} : { commandId })
      })
    }
  )

  /** Decides a command that was taken earlier. */
  const decideTaken = Effect.fnUntraced(function*({ command, commandId, meta, target }: Envelope) {
    const found = yield* find(byTarget.get(target), target)
    const payload = yield* found.decode(command)
    return yield* (yield* run(found, payload, meta!, commandId))
  }, Effect.withSpan("CommandBus.decideTaken"))

  const queues = new Map(runtimes.map((runtime) => [
    runtime,
    AsyncCommands.make(runtime.work, {
      answer: (envelope) => Message.continueTrace(envelope.meta?.traceparent, Effect.exit(decideTaken(envelope))),
      rejection: (target, error) => {
        const found = byTarget.get(target)
        return found?.handler.rejects(error) === true ? found.encodeError(error) : undefined
      }
    })
  ]))

  const receive = Effect.fn("CommandBus.dispatch")(function*(envelope: Envelope) {
    const found = yield* find(byTarget.get(envelope.target), envelope.target)
    yield* Effect.annotateCurrentSpan({ command: found.handler.target })
    const payload = yield* found.decode(envelope.command)
    const { commandId, correlationId } = envelope
    const meta = envelope.meta ?? (yield* metaOf(found, payload, { commandId, correlationId }))
    if (found.handler.async) return yield* submit(found, payload, meta, commandId)
    const answer = yield* run(found, payload, meta, commandId)
    if (Exit.isSuccess(answer)) return answer.value as CommandResult
    const error = Exit.findError(answer)
    if (Result.isFailure(error) || !found.handler.rejects(error.success)) {
      return yield* answer as Exit.Exit<never, SendError>
    }
    return new CommandRejected({
      messageId: meta.messageId,
      errorCode: (error.success as { readonly _tag: string })._tag,
      error: yield* found.encodeError(error.success)
    }) as CommandResult
  })

  return {
    send: send as CommandBus["Service"]["send"],
    outcome: Effect.fnUntraced(function*(messageId, options) {
      for (const queue of queues.values()) {
        const found = yield* queue.outcome(messageId, options)
        if (found !== undefined) return found
      }
      return yield* new UnknownMessage({ messageId })
    }, Effect.withSpan("CommandBus.outcome")),
    queues: runtimes.map((runtime) => ({
      plugin: runtime.plugin.name,
      store: runtime.work,
      worker: queues.get(runtime)!.worker
    })),
    dispatch: (envelope) => Message.continueTrace(envelope.meta?.traceparent, receive(envelope)),
    encode: Effect.fnUntraced(function*(to, payload) {
      const found = yield* findAddress(to)
      const checked = yield* found.check(payload)
      return { target: found.handler.target, command: yield* found.encode(checked) }
    })
  }
}
