/**
 * The reaction pipeline: decode, project, write with its guard. `react` takes the events of a view from whoever drives it
 * (a subscription, a queue, a test) and gives one outcome for each event in each of its lanes.
 *
 * Applying is exactly-once: rows and checkpoint are committed together, against the revision that they were computed
 * from. An event that can't be applied is parked; the later ones of its lane wait behind it, and nothing else does. What
 * a todo list collects is written before its checkpoint, under ids that follow from the events.
 */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Checkpoint from "./Checkpoint.ts"
import type { SequencedEvent } from "./EventStore.ts"
import * as Extent from "./Extent.ts"
import type { FedBehavior } from "./internal/todo/collector.ts"
import * as TodoCollector from "./internal/todo/todoCollector.ts"
import type { TodoBehavior } from "./internal/todo/todoList.ts"
import type { Delivery } from "./internal/views/laneProjection.ts"
import * as ReactionReport from "./internal/views/reactionReport.ts"
import type { Outcome } from "./internal/views/viewImage.ts"
import * as ViewImage from "./internal/views/viewImage.ts"
import type { PluginRuntime } from "./PluginRuntime.ts"
import { ViewStoreError, type ViewStoreShape } from "./ViewStore.ts"

export type { Delivery } from "./internal/views/laneProjection.ts"
export type { Outcome } from "./internal/views/viewImage.ts"

/** The order in which the deliveries of a batch are applied. Tests shuffle what has no order; each lane keeps its own. */
export const DeliveryOrder = Context.Reference<
  (deliveries: ReadonlyArray<Delivery>) => Effect.Effect<ReadonlyArray<Delivery>>
>("@reventless/core/ReactionPipeline/DeliveryOrder", {
  defaultValue: () => (deliveries) => Effect.succeed(deliveries)
})

/** The reaction pipeline of one generation of a view. */
export interface ReactionPipeline {
  /** Applies events and moves the checkpoint. Redelivered events are skipped. */
  readonly react: (
    events: ReadonlyArray<SequencedEvent>,
    checkpoint: Checkpoint.Checkpoint
  ) => Effect.Effect<ReadonlyArray<Outcome>, ViewStoreError>
  /** Applies the parked events of a lane in order, until one can't be applied. */
  readonly replay: (lane: string) => Effect.Effect<ReadonlyArray<Outcome>, ViewStoreError>
  /**
   * Gives up the first parked event of a lane, and records by whom and why. Nothing happens where none is parked, or
   * where the first one isn't at `position`, when that is given. Replay the lane to go on.
   */
  readonly skip: (lane: string, by: string, why: string, position?: number) => Effect.Effect<boolean, ViewStoreError>
}

/** How often a step is computed anew because another writer was faster. */
const maxAttempts = 50

/** The pipeline that applies events to one generation of a view of a plugin on a platform. */
export const of = (
  { plugin, rows }: PluginRuntime,
  behavior: FedBehavior,
  generation: number
): ReactionPipeline => make({ plugin: plugin.name, behavior, store: rows, generation })

/** The pipeline that collects the items of one generation of a todo list of a plugin on a platform. */
export const ofTodoList = (
  runtime: PluginRuntime,
  todo: TodoBehavior<string, unknown>,
  generation: number
): ReactionPipeline => of(runtime, TodoCollector.make(runtime, todo), generation)

/** Makes the pipeline of one generation of a view. */
export const make = (options: {
  readonly plugin: string
  readonly behavior: FedBehavior
  readonly store: ViewStoreShape
  readonly generation: number
}): ReactionPipeline => {
  const { generation, store } = options
  const view = options.behavior.definition.spec.name
  const { deliveriesOf, load, name } = ViewImage.make(options)
  /** What the last step left behind. Nobody has it while a step works on it: one that ends midway leaves nothing. */
  let kept: ViewImage.ViewImage | undefined

  /** Computes a step on what is stored and commits it; anew when another writer was faster. */
  const step = Effect.fnUntraced(function*<A>(
    compute: (image: ViewImage.ViewImage) => Effect.Effect<Step<A>, ViewStoreError>
  ) {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const image = kept ?? (yield* load)
      kept = undefined
      const { answer, commit } = yield* compute(image)
      if (commit === undefined || (yield* image.commit(commit))) {
        image.forget()
        kept = image
        return answer
      }
    }
    return yield* new ViewStoreError({ detail: `other writers kept changing '${name}'`, isRetryable: true })
  })

  const react = Effect.fn("ReactionPipeline.react")(
    function*(events: ReadonlyArray<SequencedEvent>, checkpoint: Checkpoint.Checkpoint) {
      yield* Effect.annotateCurrentSpan({ view: name, events: events.length })
      yield* ReactionReport.linkCauses(events)
      const reorder = yield* DeliveryOrder
      const { applied, skipped } = yield* step(Effect.fnUntraced(function*(image) {
        const [fresh, covered] = Arr.partition(
          events,
          (event) => Checkpoint.covers(image.checkpoint(), event) ? Result.fail(event) : Result.succeed(event)
        )
        const skipped = covered.flatMap(deliveriesOf).map(({ event: { position }, lane }): Outcome => ({
          _tag: "Skipped",
          lane,
          position
        }))
        if (fresh.length === 0 && Extent.includes(image.checkpoint().extent, checkpoint.extent)) {
          return { answer: { applied: [], skipped }, commit: undefined }
        }
        const applied = yield* image.apply(yield* reorder(fresh.flatMap(deliveriesOf)), checkpoint)
        return { answer: { applied, skipped }, commit: ViewImage.nothingElse }
      }))
      yield* ReactionReport.outcomes(name, applied)
      return [...skipped, ...applied]
    }
  )

  const replay = Effect.fn("ReactionPipeline.replay")(function*(lane: string) {
    yield* Effect.annotateCurrentSpan({ view: name, lane })
    kept = undefined
    const outcomes = yield* step(Effect.fnUntraced(function*(image) {
      const parked = yield* store.parked(view, generation, lane)
      if (parked.length === 0) return { answer: [], commit: undefined }
      return { answer: yield* image.replay(lane, parked), commit: ViewImage.nothingElse }
    }))
    yield* ReactionReport.outcomes(name, outcomes)
    return outcomes
  })

  const skip = Effect.fn("ReactionPipeline.skip")(function*(lane: string, by: string, why: string, position?: number) {
    const time = yield* Clock.currentTimeMillis
    kept = undefined
    const skipped = yield* step(Effect.fnUntraced(function*() {
      const [first] = yield* store.parked(view, generation, lane)
      if (first === undefined || first.position !== (position ?? first.position)) {
        return { answer: false, commit: undefined }
      }
      const at = { lane, position: first.position }
      return { answer: true, commit: { release: [at], skip: [{ ...at, by, why, time }] } }
    }))
    // The lane may go on now, which the image doesn't know.
    kept = undefined
    return skipped
  })

  return { react, replay, skip }
}

/** A step that was computed: what it answers, and what it commits beside what was applied; undefined for nothing. */
interface Step<A> {
  readonly answer: A
  readonly commit: typeof ViewImage.nothingElse | undefined
}
