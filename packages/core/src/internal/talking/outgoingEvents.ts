import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Action from "../../Action.ts"
import type { EventStoreShape } from "../../EventStore.ts"
import type { ProvidedPoint } from "../../Plugin.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import { QueryEngine } from "../../QueryEngine.ts"
import type { LeasedWork } from "../../WorkStore.ts"
import * as SendActions from "../commands/sendActions.ts"
import * as OwnProgram from "../ownProgram.ts"
import type { Host } from "../platformPart.ts"
import * as MessageList from "../todo/messageList.ts"
import type { Asked, Directives } from "./directives.ts"
import * as ExtensionParts from "./extensionParts.ts"
import * as MapMessage from "./mapMessage.ts"
import * as MappedSource from "./mappedSource.ts"
import * as PointNames from "./pointNames.ts"
import * as Publish from "./publish.ts"
import type { Served } from "./servedContracts.ts"

/**
 * Publishes what the mappings of an extension point make of its plugin's events, in one of the contracts that are served.
 * An event is one item whatever maps it, and all that it comes to is one append.
 */
export const make = (
  runtime: PluginRuntime,
  host: Host,
  { directives, log, provided, served }: {
    readonly provided: ProvidedPoint
    readonly served: Served
    readonly log: EventStoreShape
    readonly directives: Directives
  }
) => {
  const { contract, down, isCurrent } = served
  const plugin = runtime.plugin.name
  const point = contract.tag
  const queue = PointNames.outgoingQueue(contract)
  const run = OwnProgram.make(runtime, host)
  const queries = Context.get(host.services, QueryEngine)
  const publish = Publish.make(contract, { log, plugin })
  const mapped = MappedSource.of(provided.mappings)

  const map = Effect.fn("ExtensionPoint.mapOutgoingEvent")(function*(
    { name, outgoing }: ProvidedPoint["mappings"][number],
    { event, id, meta }: MessageList.Delivered
  ) {
    yield* Effect.annotateCurrentSpan({
      plugin,
      point,
      version: contract.version.events,
      mapping: name,
      event: event._tag,
      entity: id
    })
    type Does = Action.PublishEvent | Action.HandleDirective
    return yield* MapMessage.answer<Does>(run, outgoing[event._tag]!, event, { id, meta, queries })
  })

  const attempt = Effect.fnUntraced(function*(delivered: MessageList.Delivered, item: LeasedWork) {
    const leaving: Array<Publish.Leaving> = []
    const asked: Array<Asked> = []
    let index = 0
    for (const mapping of mapped.by(delivered.event._tag)) {
      const place = {
        what: "mapping",
        name: ExtensionParts.givenName(plugin, "mapping", mapping),
        point,
        plugin,
        message: delivered.event._tag,
        entity: delivered.id
      } as const
      yield* MapMessage.named(place)(Effect.gen(function*() {
        const { actions, isFixed } = yield* map(mapping, delivered)
        for (const action of actions) {
          if (action._tag === "HandleDirective") {
            asked.push({ mapping: mapping.name, givenName: place.name, action })
            continue
          }
          const event = down(action.event)
          if (event !== undefined) {
            leaving.push({ event, entity: action.entity, index, mapping: mapping.name, place, isFixed })
          }
          index++
        }
      }))
    }
    if (leaving.length > 0) yield* publish(leaving, item.id, delivered)
    if (isCurrent && asked.length > 0) yield* directives.hold(item, asked, delivered)
  })

  return MessageList.make(runtime, {
    queue,
    events: runtime.events,
    followed: mapped.byKey.map(({ definitions, key }) => ({
      name: PointNames.outgoingList(contract, key),
      definitions,
      key
    })),
    sender: SendActions.make(runtime, host, { component: `${plugin}.${queue}`, queue }),
    ended: isCurrent ? directives.ended : undefined,
    attempt
  })
}
