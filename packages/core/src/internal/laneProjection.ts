import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Event from "../Event.ts"
import type { SequencedEvent } from "../EventStore.ts"
import type * as Rows from "../Rows.ts"
import * as Tag from "../Tag.ts"
import type * as View from "../View.ts"
import type { RowCodec } from "./rowChanges.ts"

/** An event in one of its lanes. */
export interface Delivery {
  readonly event: SequencedEvent
  readonly lane: string
}

/** A delivery with the actions that its projection answers with, or why it can't be projected. */
export interface Projected {
  readonly delivery: Delivery
  readonly actions: Result.Result<ReadonlyArray<Rows.RowAction<any>>, string>
}

/** The projection of a view, lane by lane. */
export interface LaneProjection {
  /** The lanes of an event: its ids of the view's key; itself where there is no order; one for all where there is one. */
  readonly lanesOf: (event: SequencedEvent) => ReadonlyArray<string>
  /** The actions of an event in one of its lanes. */
  readonly project: (delivery: Delivery) => Effect.Effect<Projected>
}

/** Makes the projection of a view. */
export const make = (behavior: View.Behavior<string, unknown>, rows: RowCodec): LaneProjection => {
  const { spec } = behavior.definition
  const definitions = new Map<string, Event.Any>(spec.consumes.map((event) => [event.tag, event]))

  const lanesOf = (event: SequencedEvent): ReadonlyArray<string> => {
    const { lane } = spec
    switch (lane._tag) {
      case "Keyed":
        return event.tags.filter((tag) => Tag.key(tag) === lane.key).map(Tag.value)
      case "Unordered":
        return [event.meta.messageId]
      case "Total":
        return ["all"]
    }
  }

  /** The actions of an event, in this lane only; a sentence where it can't be projected. */
  const project = Effect.fnUntraced(function*(delivery: Delivery) {
    const { event, lane } = delivery
    const definition = definitions.get(event.type)!
    const decoded = yield* Effect.result(definition["~decode"](event.meta.schemaVersion, event.data))
    const actions = Result.flatMap(
      Result.mapError(decoded, (error) => error.message),
      (value) =>
        Result.try({
          try: () => [behavior.project(value)].flat() as ReadonlyArray<Rows.RowAction<any>>,
          catch: (error) => `its projection threw: ${error instanceof Error ? error.message : String(error)}`
        })
    )
    const projected: Projected = {
      delivery,
      actions: spec.lane._tag === "Keyed" ? Result.flatMap(actions, (all) => inLane(all, event, lane)) : actions
    }
    return projected
  })

  /** Each lane of an event writes the rows of its own key; together they write them all. */
  const inLane = (
    actions: ReadonlyArray<Rows.RowAction<any>>,
    event: SequencedEvent,
    lane: string
  ): Result.Result<ReadonlyArray<Rows.RowAction<any>>, string> => {
    const lanes = lanesOf(event)
    const stray = actions.find((action) => !lanes.includes(rows.idOf(action).key))
    return stray === undefined
      ? Result.succeed(actions.filter((action) => rows.idOf(action).key === lane))
      : Result.fail(
        `its projection writes the row '${rows.idOf(stray).key}', but the event carries no id of it ` +
          `(${lanes.join(", ")}); a keyed view writes the rows of its events' ids only`
      )
  }

  return { lanesOf, project }
}
