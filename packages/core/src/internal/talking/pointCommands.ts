import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PublishCommand } from "../../Action.ts"
import type * as ExtensionPoint from "../../ExtensionPoint.ts"
import * as Message from "../../Message.ts"
import type { WorkStoreShape } from "../../WorkStore.ts"
import { json } from "../json.ts"
import type { Host } from "../platformPart.ts"
import * as TodoContent from "../todo/todoContent.ts"
import { patiently } from "./patience.ts"
import * as PointNames from "./pointNames.ts"

/** A command for an extension point as it travels, encoded by the contract. */
export const PointCommand = Schema.Struct({
  /** The command with its extension point: `Catalog.Products.Restock`. */
  target: Schema.String,
  /** The plugin that sends it. */
  from: Schema.String,
  meta: Message.Meta,
  command: Schema.Json
})

/** A command for an extension point as it travels, encoded by the contract. */
export type PointCommand = typeof PointCommand.Type

/** The extension isn't connected now: its provider is missing, or refuses it. */
export class NotConnected extends Data.TaggedError("NotConnected")<{
  readonly plugin: string
  readonly point: string
  readonly reason: string
}> {
  override get message(): string {
    return `plugin '${this.plugin}' isn't connected with '${this.point}': ${this.reason}`
  }
}

/** The command isn't what the contract asks for. */
export class NotOfContract extends Data.TaggedError("NotOfContract")<{ readonly message: string }> {}

/** The provider of an extension point as it is registered; fails where the extension isn't connected. */
export const provider = Effect.fnUntraced(function*({ lifecycle }: Host, plugin: string, point: string) {
  const connection = yield* lifecycle.connection(plugin, point)
  if (connection._tag === "Connected") return connection.provider
  return yield* new NotConnected({ plugin, point, reason: connection.reason })
})

/** What a command comes from. */
export interface Origin {
  readonly id: string
  /** The entity that the extension works on; the lane of commands without an id of their own. */
  readonly entity: string
  readonly meta: Message.Meta
  /** Which extension sends it. */
  readonly extension: string
  /** Its number among those that handle what the command comes from. */
  readonly number: number
}

/** Makes what puts a plugin's commands for an extension point into the provider's queue. */
export const sender = (
  host: Host,
  { plugin, point, store }: {
    readonly plugin: string
    readonly point: ExtensionPoint.Any
    readonly store: WorkStoreShape
  }
) => {
  const queue = PointNames.commandQueue(point)
  const commands = new Map(point.commandDefinitions.map((definition) => [definition, {
    definition,
    check: Schema.decodeUnknownEffect(Schema.toType(definition.schema as Schema.Codec<unknown>), { errors: "all" }),
    encode: Schema.encodeUnknownEffect(Schema.toCodecJson(definition.schema as Schema.Codec<unknown>))
  }]))

  return Effect.fn("Extension.publishCommand")(function*(
    { command, delay, to }: PublishCommand,
    index: number,
    { entity, extension, id: item, meta, number }: Origin
  ) {
    const found = commands.get(to["~address"].command)
    if (found === undefined) {
      return yield* new NotOfContract({
        message: `'${to["~address"].command.tag}' is no command of extension point '${point.tag}'`
      })
    }
    const { definition } = found
    const target = `${point.tag}.${definition.tag}`
    yield* Effect.annotateCurrentSpan({
      plugin,
      point: point.tag,
      queue: `${point.plugin}.${queue}`,
      mapping: extension,
      command: definition.tag
    })
    yield* provider(host, plugin, point.tag)
    const payload = yield* Effect.mapError(
      Effect.flatMap(found.check(command), found.encode),
      ({ message }) => new NotOfContract({ message: `it sends a wrong ${target}: ${message}` })
    )
    const now = yield* Clock.currentTimeMillis
    const component = `${plugin}.${point.tag}.${number}`
    const derived = Message.derive(meta, {
      component,
      target,
      index,
      time: now,
      service: target,
      schemaVersion: 1,
      traceparent: yield* Message.currentTraceparent
    })
    // Neither the extension's name nor the command's: one is renamed, and the other is in another major version.
    const id = Message.deriveId(item, component, point.tag, index)
    const content: PointCommand = {
      target,
      from: plugin,
      meta: { ...derived, messageId: id, contract: `${point.tag} ${point.version.commands}` },
      command: payload as Schema.Json
    }
    const [first = PointNames.entityTag(entity)] = definition.tagPaths.tags(command)
    const due = delay === undefined ? now : meta.time + Duration.toMillis(Duration.fromInputUnsafe(delay))
    const lane = delay === undefined ? first : id
    yield* patiently(store.add(queue, [{ id, lane, due, content: json(content) }], now))
  })
}

/** What is in the queue of an extension point: commands of others, and own ones that were kept until they are due. */
export const decode = Schema.decodeUnknownEffect(Schema.Union([PointCommand, TodoContent.Command]))
