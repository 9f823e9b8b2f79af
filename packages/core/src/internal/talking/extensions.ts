import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Action from "../../Action.ts"
import type { EventStoreError, EventStoreShape } from "../../EventStore.ts"
import { EventStores } from "../../EventStores.ts"
import type * as ExtensionPointMapping from "../../ExtensionPointMapping.ts"
import type { ListenedPoint } from "../../Plugin.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import { QueryEngine } from "../../QueryEngine.ts"
import type { LeasedWork, WorkStoreError } from "../../WorkStore.ts"
import { WorkStores } from "../../WorkStore.ts"
import * as SendActions from "../commands/sendActions.ts"
import * as OwnProgram from "../ownProgram.ts"
import type { Host, PlatformPart } from "../platformPart.ts"
import * as MessageList from "../todo/messageList.ts"
import * as Directives from "./directives.ts"
import * as ExtensionParts from "./extensionParts.ts"
import * as MapMessage from "./mapMessage.ts"
import * as MappedSource from "./mappedSource.ts"
import * as MessageLists from "./messageLists.ts"
import * as OtherMajor from "./otherMajor.ts"
import { patiently } from "./patience.ts"
import * as PointCommands from "./pointCommands.ts"
import * as PointNames from "./pointNames.ts"

type Does = Action.PublishCommand | Action.HandleDirective

/** What runs everything that a plugin follows of one extension point, and sends to it. */
const makeOne = Effect.fnUntraced(function*(
  runtime: PluginRuntime,
  host: Host,
  { extensions, point }: ListenedPoint
) {
  const plugin = runtime.plugin.name
  const queries = Context.get(host.services, QueryEngine)
  const run = OwnProgram.make(runtime, host)
  // The directive alone: its handler has the services of its plugin, and nothing of the platform.
  const alone = OwnProgram.make(runtime, { services: Context.empty() })
  const directives = yield* Directives.make({ plugin, point, run: alone, host })
  const following = extensions.filter(({ incoming }) => incoming !== undefined)
  const handled = MessageLists.followed({ extensions, point })
  const log = handled.length === 0 ? undefined : yield* (yield* EventStores).of({
    name: PointNames.eventLog(point),
    plan: PointNames.eventPlan(point)
  })
  const provider = yield* (yield* WorkStores).of(point.plugin)
  const sendToPoint = PointCommands.sender(host, { plugin, point, store: provider })
  const mapped = MappedSource.of(extensions)
  const isOfPoint = new Set(point.commandDefinitions)

  /** Does what extensions answer with, in their order; whoever asks for directives has them held. */
  const doAll = Effect.fnUntraced(function*(
    handlers: ReadonlyArray<{
      readonly extension: ListenedPoint["extensions"][number]
      readonly answer: Effect.Effect<MapMessage.Answer<Does>, unknown>
    }>,
    delivered: MessageList.Delivered,
    item: LeasedWork,
    { send }: SendActions.Sender
  ) {
    const { event, id, meta, position } = delivered
    const asked: Array<Directives.Asked> = []
    for (const [number, { answer, extension }] of handlers.entries()) {
      const { name } = extension
      const place = {
        what: "extension",
        name: ExtensionParts.givenName(plugin, "extension", extension),
        point: point.tag,
        plugin,
        message: event._tag,
        entity: id
      } as const
      yield* MapMessage.named(place)(Effect.gen(function*() {
        const answered = yield* answer
        for (const [index, action] of answered.actions.entries()) {
          if (action._tag === "HandleDirective") {
            asked.push({ mapping: name, givenName: place.name, action })
            continue
          }
          yield* MapMessage.refusedOnce(answered)(
            isOfPoint.has(action.to["~address"].command)
              ? sendToPoint(action, index, { id: item.id, entity: id, meta, extension: name, number })
              : patiently(send(action, index, { id: item.id, meta, position, what: `extension ${number}` }))
          )
        }
      }))
    }
    if (asked.length > 0) yield* directives.hold(item, asked, delivered)
  })

  const mapWith = (span: "Extension.mapIncomingEvent" | "Extension.mapOutgoingEvent") =>
    Effect.fn(span)(function*(
      name: string,
      handler: ExtensionPointMapping.Handlers[string],
      { event, id, meta }: MessageList.Delivered,
      more: object
    ) {
      yield* Effect.annotateCurrentSpan({ plugin, point: point.tag, mapping: name, event: event._tag, entity: id })
      return yield* MapMessage.answer<Does>(run, handler, event, { id, meta, queries, ...more })
    })
  const mapIncoming = mapWith("Extension.mapIncomingEvent")
  const mapOutgoing = mapWith("Extension.mapOutgoingEvent")

  const senderOf = (queue: string) => SendActions.make(runtime, host, { component: `${plugin}.${queue}`, queue })

  const incoming = (events: EventStoreShape) => {
    const queue = PointNames.incomingList(point)
    const sender = senderOf(queue)
    return MessageList.make(runtime, {
      queue,
      version: `${PointNames.eventLog(point)} `,
      events,
      followed: [{ name: queue, definitions: handled, key: PointNames.entityKey }],
      sender,
      ended: directives.ended,
      instead: OtherMajor.make(point, { log: events, provider }),
      attempt: Effect.fnUntraced(function*(delivered, item) {
        const provider = yield* PointCommands.provider(host, plugin, point.tag)
        const handlers = following.flatMap((extension) => {
          const { incoming, name } = extension
          const handler = incoming![delivered.event._tag]
          return handler === undefined
            ? []
            : [{ extension, answer: mapIncoming(name, handler, delivered, { provider }) }]
        })
        yield* doAll(handlers, delivered, item, sender)
      })
    })
  }

  /** The own events that become commands. An event is one item whatever maps it. */
  const outgoing = () => {
    const queue = PointNames.sendingQueue(point)
    const sender = senderOf(queue)
    return MessageList.make(runtime, {
      queue,
      events: runtime.events,
      followed: mapped.byKey.map(({ definitions, key }) => ({
        name: PointNames.sendingList(point, key),
        definitions,
        key
      })),
      sender,
      ended: directives.ended,
      attempt: (delivered, item) => {
        const { _tag } = delivered.event
        const handlers = mapped.by(_tag).map((extension) => ({
          extension,
          answer: mapOutgoing(extension.name, extension.outgoing[_tag]!, delivered, {})
        }))
        return doAll(handlers, delivered, item, sender)
      }
    })
  }

  const lists = [
    ...(log === undefined ? [] : [incoming(log.store)]),
    ...(mapped.byKey.length === 0 ? [] : [outgoing()])
  ]
  const part: PlatformPart = {
    workers: lists.map(({ worker }) => worker),
    fibers: [directives.handle],
    fed: lists.flatMap(({ fed }) => fed),
    gate: (run) => host.lifecycle.whileConnected(plugin, point.tag, run)
  }
  return part
})

/** Puts everything that a plugin follows on the platform. */
export const make = (
  runtime: PluginRuntime,
  host: Host
): Effect.Effect<
  ReadonlyArray<PlatformPart>,
  EventStoreError | WorkStoreError,
  EventStores | WorkStores | Scope.Scope
> => Effect.forEach(runtime.plugin.extensions, (listened) => makeOne(runtime, host, listened))
