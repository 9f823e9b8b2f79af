import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type * as Checkpoint from "../../Checkpoint.ts"
import type { Batch } from "../../EventStore.ts"
import * as Extent from "../../Extent.ts"
import { DeliveryOrder } from "../../ReactionPipeline.ts"
import type { ViewStoreError } from "../../ViewStore.ts"
import * as ReactionReport from "./reactionReport.ts"
import * as ViewImage from "./viewImage.ts"

/** Another writer changed the generation. Feed it anew from what is stored. */
export class Overtaken extends Data.TaggedError("Overtaken")<{}> {}

/**
 * Feeds one generation batch by batch. While it lies behind the log, batches are applied in memory and committed
 * together: each row that they touch is then read and written once. What isn't committed is lost with the process and is
 * applied anew from the stored checkpoint.
 */
export interface ViewFeed {
  /** Applies a batch that follows on the last one. */
  readonly apply: (batch: Batch) => Effect.Effect<void, ViewStoreError | Overtaken>
  /** Commits what isn't, if it is anything or the checkpoint moved. */
  readonly settle: Effect.Effect<void, ViewStoreError | Overtaken>
  /** Up to where everything is applied, committed or not. */
  readonly checkpoint: () => Checkpoint.Checkpoint
  /** Whether the stored rows show everything that was applied. */
  readonly isShown: () => boolean
  /** Whether the stored checkpoint is the one that was reached. */
  readonly isSettled: () => boolean
}

/** Rows in memory while a view is behind: at most so many, or about so many bytes of text, and what the last batch adds. */
const maxRows = 131_072
const maxSize = 64 * 1024 * 1024

/** Changed rows that are committed at once, as nothing else of the process runs meanwhile. */
const maxChanged = 4096

/** Parked events and items of a todo list that wait for a commit, each with its content. */
const maxWaiting = 1024

/** Rows of one slice. */
const slice = 2048

/** How long what was applied waits for its commit at most, in milliseconds: with a generation that is queried or not. */
const maxWait = { active: 250, building: 10_000 }

/** Starts to feed a generation from its stored checkpoint. */
export const make = Effect.fnUntraced(function*(options: ViewImage.Options) {
  const { deliveriesOf, load, name } = ViewImage.make(options)
  const reorder = yield* DeliveryOrder
  const turns = yield* Semaphore.make(1)
  const image = yield* load
  const { active } = image.state()
  // Nobody reads a generation that is being built, and rows that are keyed have versions of their own.
  const isSliced = !active && options.behavior.definition.spec.lane._tag === "Keyed"
  const wait = active ? maxWait.active : maxWait.building
  // The first batch is committed by itself, so that progress is seen and an end soon after doesn't begin anew.
  let committed = -Infinity

  const isShown = () => image.rows.changed() === 0 && image.waiting() === 0
  const isSettled = () => isShown() && Extent.includes(image.state().checkpoint.extent, image.checkpoint().extent)

  const commit = Effect.gen(function*() {
    if (isSettled()) return
    if (!(yield* image.commit(ViewImage.nothingElse, isSliced ? slice : undefined))) return yield* new Overtaken()
    committed = yield* Clock.currentTimeMillis
  })

  const isFull = () => image.rows.count() >= maxRows || image.rows.size() >= maxSize

  const applyEvents = Effect.fn("ReactionPipeline.react")(function*({ caughtUp, checkpoint, events }: Batch) {
    yield* Effect.annotateCurrentSpan({ view: name, events: events.length })
    yield* ReactionReport.linkCauses(events)
    const outcomes = yield* image.apply(yield* reorder(events.flatMap(deliveriesOf)), checkpoint)
    const now = yield* Clock.currentTimeMillis
    const isDue = caughtUp || now - committed >= wait || image.waiting() >= maxWaiting || isFull() ||
      (!isSliced && image.rows.changed() >= maxChanged)
    if (isDue) yield* commit
    if (caughtUp) image.trim()
    else if (isFull()) image.forget()
    yield* ReactionReport.outcomes(name, outcomes)
    // A batch is a few operations of the fiber, however many events it has: it wouldn't yield by itself for long.
    if (!caughtUp) yield* Effect.yieldNow
  })

  const feed: ViewFeed = {
    apply: (batch) =>
      batch.events.length > 0
        ? turns.withPermit(applyEvents(batch))
        : turns.withPermit(Effect.andThen(
          image.apply([], batch.checkpoint),
          batch.caughtUp && !isShown() ? commit : Effect.void
        )),
    settle: turns.withPermit(commit),
    checkpoint: image.checkpoint,
    isShown,
    isSettled
  }
  return feed
})
