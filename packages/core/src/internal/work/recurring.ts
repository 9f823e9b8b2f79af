import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { LeasedWork, WorkResult } from "../../WorkStore.ts"
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
  failure: Schema.optionalKey(Schema.String),
  /** The last lease under which the next firing wasn't begun; none when absent. */
  lease: Schema.optionalKey(Schema.Natural)
}

type Stored = Schema.Struct<typeof fields>["Type"] & Schema.JsonObject

/**
 * What becomes of it after a firing, which may have failed for good: it waits for the next one, or comes to its end.
 *
 * What fell due meanwhile counts as fired with it, if this was its first attempt. An earlier one, which was killed or stopped,
 * may have fired it before that fell due: then all of that fires once more.
 */
export const goOn = Effect.fnUntraced(function*(
  item: LeasedWork,
  stored: Stored,
  failure: string | undefined,
  end: WorkResult
): Effect.fn.Return<WorkResult> {
  const isFirst = item.lease === (stored.lease ?? 0) + 1
  const until = isFirst ? yield* Clock.currentTimeMillis : stored.next
  const next = nextFiring(stored.when, stored.next, until)
  if (next === undefined) return failure === undefined ? end : { _tag: "Park", reason: failure }
  const { failure: _, ...rest } = stored
  const fired = { ...notBegun(item, rest), next, fired: stored.fired + 1 }
  return { _tag: "Again", due: next, content: failure === undefined ? fired : { ...fired, failure } }
})

/** What is stored of it when the firing wasn't begun under this lease. */
export const notBegun = <S extends object>({ lease }: LeasedWork, stored: S) => ({ ...stored, lease })
