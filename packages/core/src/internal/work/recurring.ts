import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { WorkResult } from "../../WorkStore.ts"
import { nextFiring, StoredWhen } from "../tasks/timetable.ts"

/** What is stored of whatever fires at its times: a schedule, a task. Times are milliseconds since 1970. */
export const fields = {
  when: StoredWhen,
  /** The plugin's component that is to act. */
  target: Schema.String,
  /** The instant of the next firing, from which the ids of its commands follow; an attempt may be later. */
  next: Schema.Finite,
  /** How often it fired. */
  fired: Schema.Natural,
  /** Why the last firing failed for good. */
  failure: Schema.optionalKey(Schema.String)
}

type Stored = Schema.Struct<typeof fields>["Type"] & Schema.JsonObject

/** What becomes of it after a firing, which may have failed for good: it waits for the next one, or comes to its end. */
export const goOn = Effect.fnUntraced(function*(
  stored: Stored,
  failure: string | undefined,
  end: WorkResult
): Effect.fn.Return<WorkResult> {
  const next = nextFiring(stored.when, stored.next, yield* Clock.currentTimeMillis)
  if (next === undefined) return failure === undefined ? end : { _tag: "Park", reason: failure }
  const { failure: _, ...rest } = stored
  const content = { ...rest, next, fired: stored.fired + 1, ...(failure === undefined ? {} : { failure }) }
  return { _tag: "Again", due: next, content }
})
