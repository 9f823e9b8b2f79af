import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { SequencedEvent } from "../../EventStore.ts"
import * as Message from "../../Message.ts"
import * as Metrics from "../../Metrics.ts"
import type { Outcome } from "./viewImage.ts"

/** How many causes the span of a batch is linked to at most. */
const maxLinks = 32

/** Links the current span to those that made the events: a batch has many causes, so none of them is its parent. */
export const linkCauses = (events: ReadonlyArray<SequencedEvent>): Effect.Effect<void> =>
  Effect.ignore(Effect.map(Effect.currentSpan, (span) => {
    const causes = events.slice(0, maxLinks).flatMap((event) => Message.parentSpan(event.meta.traceparent) ?? [])
    span.addLinks(causes.map((cause) => ({ span: cause, attributes: {} })))
  }))

/** Counts what became of events of a view, and logs what can't be applied. */
export const outcomes = Effect.fnUntraced(function*(view: string, of: ReadonlyArray<Outcome>) {
  const parked = of.filter((outcome) => outcome._tag === "Parked")
  const applied = of.length - parked.length
  if (applied > 0) yield* Metric.update(Metric.withAttributes(Metrics.viewEvents, { view }), applied)
  if (parked.length > 0) yield* Metric.update(Metric.withAttributes(Metrics.parked, { view }), parked.length)
  for (const { lane, position, reason } of parked) {
    if (reason === undefined) continue
    yield* Effect.logError(`${view} parked the event at ${position}: ${reason}`, { view, lane, position })
  }
})
