import type { PublishCommand } from "@reventless/core/Action"
import {
  addressName,
  type AnyTarget,
  CommandBus,
  CommandIdReused,
  InvalidCommand,
  type SendOptions
} from "@reventless/core/CommandBus"
import { CommandAccepted, CommandPending } from "@reventless/core/CommandResult"
import * as Issues from "@reventless/core/Issues"
import * as Message from "@reventless/core/Message"
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import * as Principal from "@reventless/core/Principal"
import type * as Task from "@reventless/core/Task"
import * as Token from "@reventless/core/Token"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import type * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { SpecFailure } from "../SpecFailure.ts"
import { failure, show } from "./difference.ts"
import { countCommands, type Expected, mustAsk, mustFail, mustSucceed } from "./programOutcome.ts"

/** A task's program, with what it is run on. */
export interface TaskCase {
  readonly behavior: Task.Behavior<string, any>
  readonly objects: Readonly<Record<string, string | Uint8Array>>
  readonly input: object
  readonly attempt: number
}

/** A command that a program sent. */
interface Sent {
  readonly to: AnyTarget
  readonly command: unknown
  readonly commandId: string | undefined
}

interface Ran {
  readonly sent: ReadonlyArray<Sent>
  readonly exit: Exit.Exit<unknown, unknown>
}

/** A bus that checks and notes what is sent, and accepts all of it. One that is sent again under its id is noted once. */
const recordingBus = (sent: Array<Sent>): CommandBus["Service"] => {
  const send = Effect.fnUntraced(function*(to: AnyTarget, command: unknown, options?: SendOptions) {
    const { async, command: definition } = to["~address"]
    const name = addressName(to["~address"])
    yield* Schema.decodeUnknownEffect(Schema.toType(definition.schema as Schema.Codec<unknown>), { errors: "all" })(
      command
    ).pipe(Effect.mapError((error) => new InvalidCommand({ command: name, ...Issues.describe(error) })))
    const commandId = options?.commandId
    const messageId = commandId ?? (yield* Message.rootId)
    const before = commandId === undefined ? undefined : sent.find((one) => one.commandId === commandId)
    if (before !== undefined && (before.to !== to || !Equal.equals(before.command, command))) {
      return yield* new CommandIdReused({ commandId: commandId! })
    }
    if (before === undefined) sent.push({ to, command, commandId })
    return async
      ? new CommandPending({ messageId })
      : new CommandAccepted({ messageId, eventCount: 1, token: Token.none })
  })
  const other = (name: string) => () =>
    Effect.die(new Error(`the command bus of a specification has 'send' alone, and '${name}' was called`))
  return { send, dispatch: other("dispatch"), outcome: other("outcome") } as unknown as CommandBus["Service"]
}

/** What is wrong with the input, if the platform would never run the task with it. */
const faultOf = ({ behavior, input }: TaskCase): string | undefined => {
  const { trigger } = behavior.definition
  if (trigger._tag === "Schedule") return undefined
  const { key } = input as { readonly key: string }
  return key.startsWith(trigger.prefix) && key.endsWith(trigger.suffix)
    ? undefined
    : `'${key}' never triggers it: its objects have the prefix '${trigger.prefix}' and the suffix '${trigger.suffix}'`
}

const run = Effect.fnUntraced(function*(test: TaskCase): Effect.fn.Return<Ran, SpecFailure> {
  const { attempt, behavior, input, objects } = test
  const fault = faultOf(test)
  if (fault !== undefined) return yield* failure(behavior.name, [fault])
  const store = yield* ObjectStoreMemory.make
  for (const [key, content] of Object.entries(objects)) yield* Effect.orDie(store.put(key, content))
  const infos = yield* Effect.orDie(Stream.runCollect(store.list("")))
  const found = "key" in input ? infos.find(({ key }) => key === input.key) : undefined
  const sent: Array<Sent> = []
  const services = Context.make(CommandBus, recordingBus(sent)).pipe(
    Context.add(ObjectStore, store),
    Context.add(Principal.CurrentPrincipal, Principal.system)
  )
  const isObject = behavior.definition.trigger._tag !== "Schedule"
  const whole = isObject ? { version: found?.version ?? "1", size: found?.size ?? 0, ...input } : input
  const commandId = (name: string) => Message.deriveId(show(whole), behavior.name, name, 0)
  const exit = yield* Effect.suspend(() => behavior.program(whole, { attempt, commandId })).pipe(
    Effect.provideContext(services),
    Effect.exit
  )
  return { sent, exit }
})

const isReady = Effect.fnUntraced(function*({ behavior }: TaskCase, { exit, sent }: Ran) {
  yield* mustSucceed(behavior.name, exit)
  const bare = sent.find(({ commandId }) => commandId === undefined)
  if (bare !== undefined) {
    const name = addressName(bare.to["~address"])
    return yield* failure(behavior.name, [
      `it sends ${name} without a command id, so a run that is repeated sends it again: ` +
      `pass { commandId: commandId("…") } with a name of its own`
    ])
  }
})

/** Runs the program and checks that it sent exactly these commands, in this order. */
export const assertSends = Effect.fnUntraced(function*(test: TaskCase, expected: ReadonlyArray<PublishCommand>) {
  const ran = yield* run(test)
  yield* isReady(test, ran)
  yield* mustAsk(test.behavior.name, expected, ran.sent)
})

/** Runs the program and checks that it failed with an error of this class, or with this tag and these fields. */
export const assertFails = Effect.fnUntraced(function*(test: TaskCase, expected: Expected) {
  const { exit, sent } = yield* run(test)
  yield* mustFail(test.behavior.name, exit, expected, `sent ${countCommands(sent.length)}`)
})
