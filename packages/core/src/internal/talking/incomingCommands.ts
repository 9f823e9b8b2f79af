import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Action from "../../Action.ts"
import type * as Message from "../../Message.ts"
import * as Metrics from "../../Metrics.ts"
import type { ProvidedPoint } from "../../Plugin.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import { QueryEngine } from "../../QueryEngine.ts"
import * as Tag from "../../Tag.ts"
import type { LeasedWork } from "../../WorkStore.ts"
import * as SendActions from "../commands/sendActions.ts"
import * as OwnProgram from "../ownProgram.ts"
import type { Host } from "../platformPart.ts"
import * as ItemWorker from "../todo/itemWorker.ts"
import * as MessageList from "../todo/messageList.ts"
import * as TodoContent from "../todo/todoContent.ts"
import type { Worker } from "../work/workRunner.ts"
import type { Asked, Directives } from "./directives.ts"
import * as ExtensionParts from "./extensionParts.ts"
import * as MapMessage from "./mapMessage.ts"
import { patiently } from "./patience.ts"
import * as PointCommands from "./pointCommands.ts"
import * as PointNames from "./pointNames.ts"
import type { Served } from "./servedContracts.ts"

/** A plugin sends a command that it may not send. */
class NotAllowed extends Data.TaggedError("NotAllowed")<{ readonly message: string }> {}

/** A command whose turn has come, decoded and in the current version. */
interface Received {
  readonly name: string
  readonly command: unknown
}

interface Job {
  readonly meta: Message.Meta
  readonly kept: TodoContent.CommandContent | undefined
  readonly received: Received | undefined
}

/** What maps the commands that others send in one of the contracts that are served, and sends what they come to. */
export const make = (
  runtime: PluginRuntime,
  host: Host,
  { directives, provided, served }: {
    readonly provided: ProvidedPoint
    readonly served: Served
    readonly directives: Directives
  }
): Worker => {
  const { contract, isCurrent, up } = served
  const plugin = runtime.plugin.name
  const point = contract.tag
  const { connect } = provided.point
  const queue = PointNames.commandQueue(contract)
  const component = `${plugin}.${queue}`
  const run = OwnProgram.make(runtime, host)
  const queries = Context.get(host.services, QueryEngine)
  const { send, sendKept } = SendActions.make(runtime, host, { component: PointNames.receiver(contract), queue })
  const decoders = new Map(contract.commandDefinitions.map(({ schema, tag }) => [`${point}.${tag}`, {
    tag,
    decode: Schema.decodeUnknownEffect(Schema.toCodecJson(schema as Schema.Codec<unknown>))
  }]))

  const read = Effect.fnUntraced(function*({ content: stored }: LeasedWork): Effect.fn.Return<
    Job,
    { readonly message: string }
  > {
    const content = yield* TodoContent.undecodable(PointCommands.decode(stored))
    const { meta } = content
    if (!("from" in content)) return { meta, kept: content, received: undefined }
    const { command, from, target } = content
    const sent = `${target} from '${from}', encoded by ${meta.contract ?? point}`
    if (connect !== undefined && !connect.includes(from)) {
      return yield* new NotAllowed({
        message: `plugin '${from}' may not send ${target}: '${point}' lets only ${connect.join(", ")} connect. ` +
          "Add it to 'connect' and have this done again, or cancel it"
      })
    }
    const found = decoders.get(target)
    if (found === undefined) {
      return yield* new NotAllowed({ message: `version ${contract.version.commands} of '${point}' has no ${sent}` })
    }
    const decoded = yield* Effect.mapError(found.decode(command), ({ message }) =>
      new TodoContent.Undecodable({
        message: `version ${contract.version.commands} of '${point}' can't decode ${sent}: ${message}`
      }))
    return { meta, kept: undefined, received: { name: found.tag, command: decoded } }
  })

  const map = Effect.fn("ExtensionPoint.mapIncomingCommand")(function*(
    { name: mapping, incoming }: ProvidedPoint["mappings"][number],
    { command, name }: Received,
    { id, meta }: { readonly id: string; readonly meta: Message.Meta }
  ) {
    yield* Effect.annotateCurrentSpan({
      plugin,
      point,
      version: contract.version.commands,
      mapping,
      command: name,
      entity: id
    })
    type Does = Action.PublishCommand | Action.HandleDirective
    return yield* MapMessage.answer<Does>(run, incoming![name]!, command, { id, meta, queries })
  })

  const attempt = Effect.fnUntraced(function*(item: LeasedWork, { kept, meta, received }: Job) {
    if (kept !== undefined) return yield* sendKept(item.id, kept)
    if (received === undefined) return
    const entity = Tag.value(item.lane)
    const place = { what: "mapping", name: undefined, point, plugin, message: received.name, entity } as const
    const { command, name } = yield* MapMessage.named(place)(Effect.sync(() => up(received.name, received.command)))
    const asked: Array<Asked> = []
    const handling = provided.mappings.filter(({ incoming }) => incoming?.[name] !== undefined)
    for (const [number, mapping] of handling.entries()) {
      const givenName = ExtensionParts.givenName(plugin, "mapping", mapping)
      yield* MapMessage.named({ ...place, name: givenName, message: name })(Effect.gen(function*() {
        const answered = yield* map(mapping, { name, command }, { id: entity, meta })
        for (const [index, action] of answered.actions.entries()) {
          if (action._tag === "HandleDirective") {
            asked.push({ mapping: mapping.name, givenName, action })
            continue
          }
          const sent = send(action, index, { id: item.id, meta, position: 0, what: `mapping ${number}` })
          yield* MapMessage.refusedOnce(answered)(patiently(sent))
        }
      }))
    }
    if (isCurrent && asked.length > 0) yield* directives.hold(item, asked, undefined)
  })

  return {
    ...ItemWorker.make<Job>({
      queue,
      component,
      attempts: MessageList.attempts,
      outcomes: Metrics.pluginMessages,
      read,
      attempt
    }),
    remembersCancelled: true,
    ended: directives.ended
  }
}
