import type * as Event from "@reventless/core/Event"
import type * as Tag from "@reventless/core/Tag"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { SpecFailure } from "../SpecFailure.ts"
import { differences, failure, lines, under } from "./difference.ts"
import { place, type Tagged } from "./eventDifference.ts"

/** An event as a store keeps it. */
export interface StoredEvent {
  readonly event: Tagged
  readonly definition: Event.Any
  readonly tags: ReadonlyArray<Tag.Tag>
  readonly data: Schema.Json
}

/**
 * Encodes events as a store keeps them, and proves that they come back as they were. `role` says in failures which
 * events they are: given or expected.
 */
export const storeEvents = (
  component: string,
  definitions: ReadonlyArray<Event.Any>,
  role: "given" | "expected",
  events: ReadonlyArray<Tagged>
): Effect.Effect<ReadonlyArray<StoredEvent>, SpecFailure> => {
  const known = new Map(definitions.map((definition) => [definition.tag, definition]))
  return Effect.forEach(
    events,
    Effect.fnUntraced(function*(event, index) {
      const name = `the ${role} ${place(index, event)}`
      const fail = (report: ReadonlyArray<string>) => failure(component, report)
      const definition = known.get(event._tag)
      if (definition === undefined) {
        return yield* fail([`${name} is none of its events (${[...known.keys()].join(", ")})`])
      }
      const data = yield* Effect.mapError(
        definition["~encode"](event),
        (error) => fail(under(`${name} can't be stored`, error.message.split("\n")))
      )
      const back = yield* Effect.mapError(
        definition["~decode"](definition.version, data),
        (error) => fail(under(`${name} can't be read back`, error.message.split("\n")))
      )
      const changed = differences(event, back)
      if (changed.length > 0) {
        return yield* fail(under(`${name} comes back changed from a store`, lines(changed, ["stored", "read"])))
      }
      return { event, definition, tags: definition.tags(event), data }
    })
  )
}
