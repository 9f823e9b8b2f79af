import type * as Event from "@reventless/core/Event"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { differences, failure, lines, under } from "./difference.ts"
import type { Tagged } from "./eventDifference.ts"

/** Decodes an event as a store gives it back, and checks that it is the expected one. */
export const assertUpcast = Effect.fnUntraced(function*(
  definition: Event.Any,
  { data, version }: { readonly version: number; readonly data: Schema.Json },
  expected: Tagged
) {
  const event: Tagged = yield* Effect.mapError(
    definition["~decode"](version, data),
    ({ message }) => failure(definition.tag, message.split("\n"))
  )
  const found = differences(expected, event)
  if (found.length > 0) {
    return yield* failure(definition.tag, under(`the event of version ${version} becomes another one`, lines(found)))
  }
})
