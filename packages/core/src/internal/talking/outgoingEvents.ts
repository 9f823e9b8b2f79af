import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Action from "../../Action.ts"
import type { EventStoreShape } from "../../EventStore.ts"
import type * as ExtensionPointMapping from "../../ExtensionPointMapping.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import { QueryEngine } from "../../QueryEngine.ts"
import * as SendActions from "../commands/sendActions.ts"
import * as OwnProgram from "../ownProgram.ts"
import type { Host } from "../platformPart.ts"
import * as MessageList from "../todo/messageList.ts"
import type { Directives } from "./directives.ts"
import * as ExtensionParts from "./extensionParts.ts"
import * as MapMessage from "./mapMessage.ts"
import * as PointNames from "./pointNames.ts"
import * as Publish from "./publish.ts"
import type { Served } from "./servedContracts.ts"

/** Publishes what a mapping makes of its plugin's events, in one of the contracts that are served. */
export const make = (
  runtime: PluginRuntime,
  host: Host,
  { directives, log, mapping, served, source }: {
    readonly mapping: ExtensionPointMapping.Mapping & { readonly name: string }
    readonly source: ExtensionPointMapping.MappedSource
    readonly served: Served
    readonly log: EventStoreShape
    readonly directives: Directives
  }
) => {
  const { contract, down, isCurrent } = served
  const { name, outgoing } = mapping
  const plugin = runtime.plugin.name
  const point = contract.tag
  const list = PointNames.outgoingList(contract, name)
  const run = OwnProgram.make(runtime, host)
  const queries = Context.get(host.services, QueryEngine)
  const publish = Publish.make(contract, { log, plugin })

  const map = Effect.fn("ExtensionPoint.mapOutgoingEvent")(function*({ event, id, meta }: MessageList.Delivered) {
    yield* Effect.annotateCurrentSpan({
      plugin,
      point,
      version: contract.version.events,
      mapping: name,
      event: event._tag,
      entity: id
    })
    const answered = yield* MapMessage.answer(run, outgoing[event._tag]!, event, { id, meta, queries })
    return answered as ReadonlyArray<Action.PublishEvent | Action.HandleDirective>
  })

  return MessageList.make(runtime, {
    name: list,
    events: runtime.events,
    definitions: source.events.filter(({ tag }) => outgoing[tag] !== undefined),
    key: source.key,
    sender: SendActions.make(runtime, host, { component: `${plugin}.${list}`, queue: list }),
    ended: isCurrent ? directives.ended : undefined,
    attempt: Effect.fnUntraced(function*(delivered, item) {
      const place = {
        what: "mapping",
        name: ExtensionParts.givenName(plugin, "mapping", mapping),
        point,
        plugin,
        message: delivered.event._tag,
        entity: delivered.id
      } as const
      yield* MapMessage.named(place)(Effect.gen(function*() {
        const actions = yield* map(delivered)
        const events = actions.flatMap((action) => {
          const event = action._tag === "PublishEvent" ? down(action.event) : undefined
          return event === undefined || action._tag !== "PublishEvent" ? [] : [{ event, entity: action.entity }]
        })
        if (events.length > 0) yield* publish(events, name, item.id, delivered)
        if (!isCurrent) return
        const asked = actions.flatMap((action) =>
          action._tag === "HandleDirective" ? [{ mapping: name, givenName: place.name, action }] : []
        )
        if (asked.length > 0) yield* directives.hold(item, asked, delivered)
      }))
    })
  })
}
