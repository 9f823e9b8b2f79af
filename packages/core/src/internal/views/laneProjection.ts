import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type * as Event from "../../Event.ts"
import type { SequencedEvent } from "../../EventStore.ts"
import type * as Rows from "../../Rows.ts"
import * as Tag from "../../Tag.ts"
import type { RowId } from "../../ViewStore.ts"
import type { FedBehavior, Step } from "../todo/collector.ts"
import type { RowCodec } from "./rowCodec.ts"

/** An event in one of its lanes. */
export interface Delivery {
  readonly event: SequencedEvent
  readonly lane: string
}

/** An action with the row that it touches. */
export interface Touch {
  readonly id: RowId
  readonly action: Rows.RowAction<any>
}

/** What the projection answers an event with; a sentence where it can't be projected. */
export type Touches = Result.Result<ReadonlyArray<Touch>, string>

/** A delivery with what it does. */
export interface Projected {
  readonly delivery: Delivery
  readonly touches: Touches
  /** What it does to a todo list; a view has none of it. */
  readonly steps?: ReadonlyArray<Step>
}

/** The projection of a view, lane by lane. */
export interface LaneProjection {
  /** An event in each of its lanes: its ids of the view's key; itself where there is no order; one for all where there is one. */
  readonly deliveriesOf: (event: SequencedEvent) => ReadonlyArray<Delivery>
  /** What each delivery does to the rows of its lane, in a generation that is being built or one that is active. */
  readonly project: (
    deliveries: ReadonlyArray<Delivery>,
    isBuilding: boolean
  ) => Effect.Effect<ReadonlyArray<Projected>>
}

const isDone = <A>(effect: Effect.Effect<A>): effect is Exit.Success<A> => Exit.isExit(effect) && Exit.isSuccess(effect)

/** Makes the projection of a view. */
export const make = (behavior: FedBehavior, rows: RowCodec): LaneProjection => {
  const { spec } = behavior.definition
  const { collector } = behavior
  const definitions = new Map<string, Event.Any>(spec.consumes.map((event) => [event.tag, event]))

  const lanesOf = (event: SequencedEvent): ReadonlyArray<string> => {
    const { lane } = spec
    switch (lane._tag) {
      case "Keyed": {
        const lanes: Array<string> = []
        for (const tag of event.tags) {
          if (Tag.key(tag) === lane.key) lanes.push(Tag.value(tag))
        }
        return lanes
      }
      case "Unordered":
        return [event.meta.messageId]
      case "Total":
        return ["all"]
    }
  }

  const decode = ({ data, meta, type }: SequencedEvent) => definitions.get(type)!["~decode"](meta.schemaVersion, data)

  const touchesOf = (event: { readonly _tag: string }): Touches =>
    Result.try({
      try: () => {
        const answer = behavior.project(event)
        const actions: ReadonlyArray<Rows.RowAction<any>> = "_tag" in answer ? [answer] : answer
        return actions.map((action): Touch => ({ id: rows.idOf(action), action }))
      },
      catch: (error) => `its projection threw: ${error instanceof Error ? error.message : String(error)}`
    })

  const projectOne = (event: SequencedEvent): Effect.Effect<Touches> =>
    Effect.matchEager(decode(event), {
      onSuccess: touchesOf,
      onFailure: (error): Touches => Result.fail(error.message)
    })

  /** Each lane of an event writes the rows of its own key; together they write them all. */
  const inLane = (touches: Result.Success<ReadonlyArray<Touch>, string>, { event, lane }: Delivery): Touches => {
    const all = touches.success
    if (all.every(({ id }) => id.key === lane)) return touches
    const lanes = lanesOf(event)
    const stray = all.find(({ id }) => !lanes.includes(id.key))
    return stray === undefined
      ? Result.succeed(all.filter(({ id }) => id.key === lane))
      : Result.fail(
        `its projection writes the row '${stray.id.key}', but the event carries no id of it ` +
          `(${lanes.join(", ")}); a keyed view writes the rows of its events' ids only`
      )
  }

  /** What a delivery does to a todo list. */
  const collectOne = (
    { collect }: NonNullable<typeof collector>,
    delivery: Delivery,
    isBuilding: boolean
  ): Effect.Effect<Projected> =>
    Effect.mapEager(
      collect(delivery, decode, isBuilding),
      (steps): Projected =>
        Result.isFailure(steps)
          ? { delivery, touches: Result.fail(steps.failure) }
          : { delivery, touches: Result.succeed([]), steps: steps.success }
    )

  return {
    deliveriesOf: (event) => lanesOf(event).map((lane): Delivery => ({ event, lane })),
    project: collector !== undefined
      ? (deliveries, isBuilding) =>
        Effect.forEach(deliveries, (delivery) => collectOne(collector, delivery, isBuilding))
      : Effect.fnUntraced(function*(deliveries) {
        const projected: Array<Projected> = []
        let event: SequencedEvent | undefined
        let touches: Touches = Result.succeed([])
        for (const delivery of deliveries) {
          // An event comes in all its lanes, one after another unless they were shuffled, and is projected for them once.
          if (delivery.event !== event) {
            event = delivery.event
            const projecting = projectOne(event)
            // Most schemas answer at once, and then the fiber has nothing to do.
            touches = isDone(projecting) ? projecting.value : yield* projecting
          }
          projected.push({
            delivery,
            touches: spec.lane._tag === "Keyed" && Result.isSuccess(touches) ? inLane(touches, delivery) : touches
          })
        }
        return projected
      })
  }
}
