/**
 * The reaction pipeline: decode, project, write with its guard. `react` takes the events of a view from whoever drives it
 * (a subscription, a queue, a test) and gives one outcome for each event in each of its lanes.
 *
 * Applying is exactly-once: rows and checkpoint are committed together, against the revision that they were computed
 * from. An event that can't be applied is parked; the later ones of its lane wait behind it, and nothing else does.
 */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import * as Checkpoint from "./Checkpoint.ts"
import type { SequencedEvent } from "./EventStore.ts"
import * as Extent from "./Extent.ts"
import type { Delivery } from "./internal/laneProjection.ts"
import * as LaneProjection from "./internal/laneProjection.ts"
import * as RowChanges from "./internal/rowChanges.ts"
import * as Message from "./Message.ts"
import * as Metrics from "./Metrics.ts"
import type * as View from "./View.ts"
import {
  type GenerationState,
  type ParkedDelivery,
  type RowWrite,
  type SkippedDelivery,
  ViewStoreError,
  type ViewStoreShape
} from "./ViewStore.ts"

export type { Delivery } from "./internal/laneProjection.ts"

/** What became of an event in a lane. */
export type Outcome =
  /** Its rows are written. */
  | { readonly _tag: "Applied"; readonly lane: string; readonly position: number }
  /** It was applied before. */
  | { readonly _tag: "Skipped"; readonly lane: string; readonly position: number }
  /** It could not be applied; `reason` is absent when it only waits behind another. */
  | { readonly _tag: "Parked"; readonly lane: string; readonly position: number; readonly reason: string | undefined }

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

/** How many causes the span of a batch is linked to at most. */
const maxLinks = 32

/** How often a step is computed anew because another writer was faster. */
const maxAttempts = 50

interface Loaded {
  readonly state: GenerationState
  /** Lanes with parked events. */
  readonly blocked: Set<string>
}

interface Step {
  readonly checkpoint: Checkpoint.Checkpoint
  readonly deliveries: ReadonlyArray<Delivery>
  /** Parked events that are tried again, not newly met. */
  readonly replaying: boolean
}

/** Makes the pipeline of one generation of a view. */
export const make = (options: {
  readonly plugin: string
  readonly behavior: View.Behavior<string, unknown>
  readonly store: ViewStoreShape
  readonly generation: number
}): ReactionPipeline => {
  const { behavior, generation, store } = options
  const { spec } = behavior.definition
  const name = `${options.plugin}.${spec.name}`
  const rows = RowChanges.codec(spec)
  const { lanesOf, project } = LaneProjection.make(behavior, rows)
  let loaded: Loaded | undefined

  const load = Effect.fnUntraced(function*() {
    if (loaded !== undefined) return loaded
    const state = yield* store.state(spec.name, generation)
    if (state === undefined) {
      return yield* new ViewStoreError({ detail: `generation ${generation} of '${name}' is gone`, isRetryable: true })
    }
    loaded = { state, blocked: new Set((yield* store.blocked(spec.name, generation)).map(({ lane }) => lane)) }
    return loaded
  })

  /** Computes and commits a step; anew when another writer was faster. */
  const commit = Effect.fnUntraced(function*(
    compute: (current: Loaded) => Effect.Effect<Computed | undefined, ViewStoreError>
  ) {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const current = yield* load()
      const computed = yield* compute(current)
      if (computed === undefined) return []
      const revision = yield* store.commit({
        view: spec.name,
        generation,
        revision: current.state.revision,
        checkpoint: computed.checkpoint,
        writes: computed.writes,
        park: computed.park,
        release: computed.release,
        skip: computed.skip
      })
      if (revision !== undefined) {
        loaded = computed.blocked === undefined ? undefined : {
          state: { ...current.state, revision, checkpoint: computed.checkpoint },
          blocked: computed.blocked
        }
        return computed.outcomes
      }
      loaded = undefined
    }
    return yield* new ViewStoreError({ detail: `other writers kept changing '${name}'`, isRetryable: true })
  })

  const compute = Effect.fnUntraced(function*({ checkpoint, deliveries, replaying }: Step, current: Loaded) {
    const time = yield* Clock.currentTimeMillis
    const projected = yield* Effect.forEach(deliveries, project)
    const touched = projected.flatMap(({ actions }) => Result.isSuccess(actions) ? actions.success.map(rows.idOf) : [])
    const set = RowChanges.workingSet(spec, rows, yield* store.load(spec.name, generation, touched))
    const blocked = new Set(current.blocked)
    const park: Array<ParkedDelivery> = []
    const release: Array<{ readonly lane: string; readonly position: number }> = []
    const outcomes: Array<Outcome> = []
    for (const { actions, delivery: { event, lane } } of projected) {
      const { position } = event
      const applied = blocked.has(lane)
        ? Result.fail(undefined)
        : Result.flatMap(actions, (known) => set.apply(known, position))
      if (Result.isSuccess(applied)) {
        outcomes.push({ _tag: "Applied", lane, position })
        if (replaying) release.push({ lane, position })
        continue
      }
      const reason = applied.failure
      blocked.add(lane)
      outcomes.push({ _tag: "Parked", lane, position, reason })
      if (replaying && reason === undefined) continue
      park.push({
        lane,
        position,
        event,
        reason,
        time,
        attempts: reason === undefined ? 0 : 1
      })
    }
    const computed: Computed = { checkpoint, writes: set.writes(), park, release, skip: [], blocked, outcomes }
    return computed
  })

  const report = Effect.fnUntraced(function*(outcomes: ReadonlyArray<Outcome>) {
    const applied = outcomes.filter(({ _tag }) => _tag === "Applied").length
    const parked = outcomes.filter((outcome) => outcome._tag === "Parked")
    if (applied > 0) yield* Metric.update(Metric.withAttributes(Metrics.viewEvents, { view: name }), applied)
    if (parked.length > 0) yield* Metric.update(Metric.withAttributes(Metrics.parked, { view: name }), parked.length)
    for (const { lane, position, reason } of parked) {
      if (reason === undefined) continue
      yield* Effect.logError(`${name} parked the event at ${position}: ${reason}`, { view: name, lane, position })
    }
  })

  const react = Effect.fn("ReactionPipeline.react")(
    function*(events: ReadonlyArray<SequencedEvent>, checkpoint: Checkpoint.Checkpoint) {
      yield* Effect.annotateCurrentSpan({ view: name, events: events.length })
      yield* linkCauses(events)
      const reorder = yield* DeliveryOrder
      let covered: ReadonlyArray<SequencedEvent> = []
      const outcomes = yield* commit((current) => {
        const [fresh, applied] = Arr.partition(
          events,
          (event) =>
            Checkpoint.covers(current.state.checkpoint, event.position) ? Result.fail(event) : Result.succeed(event)
        )
        covered = applied
        if (fresh.length === 0 && Extent.includes(current.state.checkpoint.extent, checkpoint.extent)) {
          return Effect.undefined
        }
        return Effect.flatMap(
          reorder(fresh.flatMap((event) => lanesOf(event).map((lane): Delivery => ({ event, lane })))),
          (deliveries) => compute({ checkpoint, deliveries, replaying: false }, current)
        )
      })
      yield* report(outcomes)
      const skipped = covered.flatMap((event) =>
        lanesOf(event).map((lane): Outcome => ({ _tag: "Skipped", lane, position: event.position }))
      )
      return [...skipped, ...outcomes]
    }
  )

  const replay = Effect.fn("ReactionPipeline.replay")(function*(lane: string) {
    yield* Effect.annotateCurrentSpan({ view: name, lane })
    loaded = undefined
    const outcomes = yield* commit(Effect.fnUntraced(function*(current) {
      const parked = yield* store.parked(spec.name, generation, lane)
      if (parked.length === 0) return undefined
      const attempts = new Map(parked.map((delivery) => [delivery.position, delivery.attempts]))
      const unblocked = new Set(current.blocked)
      unblocked.delete(lane)
      const computed = yield* compute({
        checkpoint: current.state.checkpoint,
        deliveries: parked.map(({ event }) => ({ event, lane })),
        replaying: true
      }, { ...current, blocked: unblocked })
      return {
        ...computed,
        park: computed.park.map((delivery) => ({ ...delivery, attempts: attempts.get(delivery.position)! + 1 }))
      }
    }))
    yield* report(outcomes)
    return outcomes
  })

  const skip = Effect.fn("ReactionPipeline.skip")(function*(lane: string, by: string, why: string, position?: number) {
    const time = yield* Clock.currentTimeMillis
    loaded = undefined
    let skipped = false
    yield* commit(Effect.fnUntraced(function*(current) {
      const [first, second] = yield* store.parked(spec.name, generation, lane)
      skipped = first !== undefined && first.position === (position ?? first.position)
      if (first === undefined || !skipped) return undefined
      const blocked = new Set(current.blocked)
      if (second === undefined) blocked.delete(lane)
      return {
        checkpoint: current.state.checkpoint,
        writes: [],
        park: [],
        release: [{ lane, position: first.position }],
        skip: [{ lane, position: first.position, by, why, time }],
        blocked,
        outcomes: []
      }
    }))
    return skipped
  })

  return { react, replay, skip }
}

/** Links the current span to those that made the events: a batch has many causes, so none of them is its parent. */
const linkCauses = (events: ReadonlyArray<SequencedEvent>): Effect.Effect<void> =>
  Effect.ignore(Effect.map(Effect.currentSpan, (span) => {
    const causes = events.slice(0, maxLinks).flatMap((event) => Message.parentSpan(event.meta.traceparent) ?? [])
    span.addLinks(causes.map((cause) => ({ span: cause, attributes: {} })))
  }))

interface Computed {
  readonly checkpoint: Checkpoint.Checkpoint
  readonly writes: ReadonlyArray<RowWrite>
  readonly park: ReadonlyArray<ParkedDelivery>
  readonly release: ReadonlyArray<{ readonly lane: string; readonly position: number }>
  readonly skip: ReadonlyArray<SkippedDelivery>
  readonly blocked: Set<string> | undefined
  readonly outcomes: ReadonlyArray<Outcome>
}
