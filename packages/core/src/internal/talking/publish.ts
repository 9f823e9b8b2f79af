import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { PublishEvent } from "../../Action.ts"
import type { EventStoreShape, NewEvent } from "../../EventStore.ts"
import type * as ExtensionPoint from "../../ExtensionPoint.ts"
import * as Message from "../../Message.ts"
import * as Metrics from "../../Metrics.ts"
import * as Tag from "../../Tag.ts"
import type { Delivered } from "../todo/messageList.ts"
import * as MapMessage from "./mapMessage.ts"
import { patiently } from "./patience.ts"
import * as PointNames from "./pointNames.ts"

/** An event can't be published. */
export class NotPublished extends Data.TaggedError("NotPublished")<{ readonly message: string }> {}

/** An event of a contract that is to be published. */
export interface Leaving extends Pick<PublishEvent, "entity" | "event">, Pick<MapMessage.Answer<never>, "isFixed"> {
  /** Its place among all events that its cause comes to, in the contract that is current. */
  readonly index: number
  /** The name of the mapping that it comes from. */
  readonly mapping: string
  readonly place: MapMessage.Place
}

/**
 * Makes what publishes events of a contract: encoded by it, so that nothing else leaves, and all events of one item in one
 * append that is remembered by the item's id, so that they are published once. What they tell happened when their cause
 * did: they have its time.
 */
export const make = (
  point: ExtensionPoint.Any,
  { log, plugin }: { readonly log: EventStoreShape; readonly plugin: string }
) => {
  const definitions = new Map(point.events.map((definition) => [definition.tag, definition]))
  const published = Metric.withAttributes(Metrics.publishedEvents, { point: point.tag })

  const encode = Effect.fnUntraced(function*({ entity, event, index }: Leaving, { id, meta }: Delivered) {
    const definition = definitions.get(event._tag)
    if (definition === undefined) {
      return yield* new NotPublished({ message: `'${event._tag}' is no event of extension point '${point.tag}'` })
    }
    const [first = id] = definition.tags(event).map(Tag.value)
    const data = yield* Effect.mapError(
      definition["~encode"](event),
      ({ message }) => new NotPublished({ message: `it publishes a wrong ${event._tag}: ${message}` })
    )
    const encoded: NewEvent = {
      type: definition.tag,
      tags: [PointNames.entityTag(entity ?? first)],
      data,
      meta: {
        ...Message.derive(meta, {
          component: PointNames.publisher(point),
          target: point.tag,
          index,
          time: meta.time,
          service: point.tag,
          schemaVersion: definition.version,
          traceparent: yield* Message.currentTraceparent
        }),
        contract: `${point.tag} ${point.version.events}`
      }
    }
    return encoded
  })

  return Effect.fn("ExtensionPoint.publish")(function*(
    events: ReadonlyArray<Leaving>,
    commandId: string,
    cause: Delivered
  ) {
    const mappings = [...new Set(events.map(({ mapping }) => mapping))]
    const { place } = events[0]!
    yield* Effect.annotateCurrentSpan({
      plugin,
      point: point.tag,
      version: point.version.events,
      log: PointNames.eventLog(point),
      mapping: mappings.join(", "),
      event: events.map(({ event }) => event._tag).join(", ")
    })
    const encoded = yield* Effect.forEach(
      events,
      (leaving) => MapMessage.named(leaving.place)(MapMessage.refusedOnce(leaving)(encode(leaving, cause)))
    )
    const { replayed } = yield* MapMessage.named(mappings.length === 1 ? place : { ...place, name: undefined })(
      patiently(log.append(encoded, { commandId }))
    )
    if (!replayed) yield* Metric.update(published, encoded.length)
  })
}
