import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Checkpoint from "../../Checkpoint.ts"
import * as Extent from "../../Extent.ts"
import {
  type GenerationState,
  type ParkedDelivery,
  type ViewCommit,
  ViewStoreError,
  type ViewStoreShape
} from "../../ViewStore.ts"
import type { FedBehavior, Step } from "../todo/collector.ts"
import * as LaneProjection from "./laneProjection.ts"
import * as RowCache from "./rowCache.ts"
import * as RowCodec from "./rowCodec.ts"

/** What became of an event in a lane. */
export type Outcome =
  /** Its rows are written. */
  | { readonly _tag: "Applied"; readonly lane: string; readonly position: number }
  /** It was applied before. */
  | { readonly _tag: "Skipped"; readonly lane: string; readonly position: number }
  /** It could not be applied; `reason` is absent when it only waits behind another. */
  | { readonly _tag: "Parked"; readonly lane: string; readonly position: number; readonly reason: string | undefined }

/** Which generation of a view is fed, and with what. */
export interface Options {
  readonly plugin: string
  readonly behavior: FedBehavior
  readonly store: ViewStoreShape
  readonly generation: number
}

/**
 * A generation in memory: what is stored of it, as far as it was needed, and what was applied since. It belongs to whoever
 * loaded it. When something fails, or another writer is faster, it is thrown away: what is stored is whole without it.
 */
export interface ViewImage {
  /** The generation as it is stored. */
  readonly state: () => GenerationState
  /** Up to where events are applied, here or in the store. */
  readonly checkpoint: () => Checkpoint.Checkpoint
  readonly rows: Pick<RowCache.RowCache, "changed" | "count" | "size">
  /** How many parked events, and changes of a todo list, aren't stored yet. */
  readonly waiting: () => number
  /** Applies deliveries that the generation doesn't have, and says up to where it has everything then. */
  readonly apply: (
    deliveries: ReadonlyArray<LaneProjection.Delivery>,
    checkpoint: Checkpoint.Checkpoint
  ) => Effect.Effect<ReadonlyArray<Outcome>, ViewStoreError>
  /** Tries the parked events of a lane again, in their order, until one can't be applied. */
  readonly replay: (
    lane: string,
    parked: ReadonlyArray<ParkedDelivery>
  ) => Effect.Effect<ReadonlyArray<Outcome>, ViewStoreError>
  /**
   * Stores everything that was applied, with the checkpoint, in one commit; false when another writer was faster.
   *
   * With `slice`, rows are stored so many at a time, and the last ones with the checkpoint. That is for generations that
   * nobody reads yet, and whose rows each say up to where they have the events of their lane: whoever goes on from the
   * stored checkpoint after an end in between meets rows that are ahead of it, and applies to them what they don't have.
   */
  readonly commit: (
    also: Pick<ViewCommit, "release" | "skip">,
    slice?: number
  ) => Effect.Effect<boolean, ViewStoreError>
  /** Forgets the rows where they are more than a few, for the time until there is something to apply. All must be stored. */
  readonly trim: () => void
  /** Forgets the rows. All must be stored. */
  readonly forget: () => void
}

/** Rows that stay in memory of a view that has caught up. */
const maxIdleRows = 1024
const maxIdleSize = 1024 * 1024

/** Nothing but what was applied is committed. */
export const nothingElse: Pick<ViewCommit, "release" | "skip"> = { release: [], skip: [] }

/** What the images of a generation have in common. */
export interface ViewImages {
  /** The view with its plugin: `Catalog.Products`. */
  readonly name: string
  readonly deliveriesOf: LaneProjection.LaneProjection["deliveriesOf"]
  /** An image of what is stored now. */
  readonly load: Effect.Effect<ViewImage, ViewStoreError>
}

/** Makes the images of one generation of a view. */
export const make = ({ behavior, generation, plugin, store }: Options): ViewImages => {
  const { spec } = behavior.definition
  const name = `${plugin}.${spec.name}`
  const codec = RowCodec.make(spec)
  const projection = LaneProjection.make(behavior, codec)

  const load = Effect.gen(function*() {
    const found = yield* store.state(spec.name, generation)
    if (found === undefined) {
      return yield* new ViewStoreError({ detail: `generation ${generation} of '${name}' is gone`, isRetryable: true })
    }
    const blocked = new Set((yield* store.blocked(spec.name, generation)).map(({ lane }) => lane))
    const rows = RowCache.make(spec, codec, found.revision === 0)
    let state = found
    let checkpoint = found.checkpoint
    let park: Array<ParkedDelivery> = []
    let steps: Array<Step> = []
    let released: Array<{ readonly lane: string; readonly position: number }> = []

    const project = Effect.fnUntraced(function*(deliveries: ReadonlyArray<LaneProjection.Delivery>) {
      const projected = yield* projection.project(deliveries, !state.active)
      const missing = rows.missing(projected)
      if (missing.length > 0) rows.load(missing, yield* store.load(spec.name, generation, missing))
      return projected
    })

    /** The outcome of a delivery; parks it when it can't be applied. */
    const applyOne = (
      { delivery: { event, lane }, steps: collected = [], touches }: LaneProjection.Projected,
      time: number,
      attempts: number | undefined
    ): Outcome => {
      const { position } = event
      const applied: Result.Result<void, string | undefined> = blocked.has(lane)
        ? Result.fail(undefined)
        : Result.flatMap(touches, (known) => rows.apply(known, position))
      if (Result.isSuccess(applied)) {
        steps.push(...collected)
        if (attempts !== undefined) released.push({ lane, position })
        return { _tag: "Applied", lane, position }
      }
      const reason = applied.failure
      blocked.add(lane)
      // One that was parked before and only waits is parked as it is.
      if (attempts === undefined || reason !== undefined) {
        const failed = reason === undefined ? 0 : 1
        park.push({ lane, position, event, reason, time, attempts: (attempts ?? 0) + failed })
      }
      return { _tag: "Parked", lane, position, reason }
    }

    const commitOnce = Effect.fnUntraced(function*(
      step: Pick<ViewCommit, "checkpoint" | "park" | "release" | "skip">,
      limit: number
    ) {
      const { stored, writes } = rows.writes(limit)
      const { revision } = state
      const next = yield* store.commit({ view: spec.name, generation, revision, writes, ...step })
      if (next === undefined) return false
      stored()
      state = { ...state, revision: next, checkpoint: step.checkpoint }
      return true
    })

    const image: ViewImage = {
      state: () => state,
      checkpoint: () => checkpoint,
      rows,
      waiting: () => park.length + steps.length,
      apply: Effect.fnUntraced(function*(deliveries, after) {
        const projected = yield* project(deliveries)
        const time = yield* Clock.currentTimeMillis
        // Of two writers each may have come further somewhere, where there is no one order.
        checkpoint = { extent: Extent.union(checkpoint.extent, after.extent) }
        return projected.map((delivery) => applyOne(delivery, time, undefined))
      }),
      replay: Effect.fnUntraced(function*(lane, parked) {
        const projected = yield* project(parked.map(({ event }) => ({ event, lane })))
        const time = yield* Clock.currentTimeMillis
        blocked.delete(lane)
        return projected.map((delivery, index) => applyOne(delivery, time, parked[index]!.attempts))
      }),
      commit: Effect.fnUntraced(function*(also, slice = Infinity) {
        while (rows.changed() > slice) {
          const done = yield* commitOnce({ checkpoint: state.checkpoint, park: [], release: [], skip: [] }, slice)
          if (!done) return false
          // What else the process does has its turn between the commits.
          yield* Effect.yieldNow
        }
        if (steps.length > 0) {
          yield* behavior.collector!.write(steps)
          steps = []
        }
        const release = [...also.release, ...released]
        if (!(yield* commitOnce({ checkpoint, park, release, skip: also.skip }, Infinity))) return false
        park = []
        released = []
        return true
      }),
      trim: () => {
        if (rows.count() > maxIdleRows || rows.size() > maxIdleSize) rows.clear()
      },
      forget: rows.clear
    }
    return image
  })

  return { name, deliveriesOf: projection.deliveriesOf, load }
}
