import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Checkpoint from "../../Checkpoint.ts"
import type { Batch } from "../../EventStore.ts"
import * as Extent from "../../Extent.ts"
import * as Metrics from "../../Metrics.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import * as Signal from "../../Signal.ts"
import type { Token } from "../../Token.ts"
import type { GenerationState, ViewStoreError } from "../../ViewStore.ts"
import type { FedBehavior } from "../todo/collector.ts"
import * as ViewFeed from "./viewFeed.ts"

/** How far this process has fed a view; ahead of the stored checkpoint while only foreign events come. */
export interface Progress {
  /** Whether the view has come as far as a token, here or as stored. */
  readonly reached: (active: GenerationState | undefined, token: Token) => boolean
  readonly changed: Signal.Signal
}

/** Feeds one view, in a platform that drives its views itself. */
export interface ViewRunner {
  readonly progress: Progress
  /**
   * Completes when this process, as the one that feeds the view, has come to the end of the log for the first time, and that
   * is stored. Never while another process feeds it.
   */
  readonly caughtUp: Effect.Effect<void>
  /** Whether this process feeds the view now. */
  readonly feeds: () => boolean
  /** Begins to build the view anew; the process that feeds it notices, at once when it is this one, else in a second. */
  readonly rebuild: Effect.Effect<GenerationState, ViewStoreError>
  /** Feeds the view while the fiber lives: takes ownership, backfills, rebuilds a changed view, follows the log. */
  readonly run: Effect.Effect<never>
}

/** A checkpoint that only foreign events moved is stored this often, so that other processes can wait for it. */
const idleCheckpointInterval = "250 millis"

/** How often the owner of a view looks at most, while views change, whether another process has asked for a rebuild. */
const rebuildLookInterval = "1 second"

/** Waits longer after each failure, up to 5 s. */
const retries = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])

/** Makes the runner of a view. */
export const make = (runtime: PluginRuntime, behavior: FedBehavior): ViewRunner => {
  const { events, rows } = runtime
  const { spec } = behavior.definition
  const name = `${runtime.plugin.name}.${spec.name}`
  const changed = Signal.make()
  const requested = Signal.make()
  const caughtUp = Deferred.makeUnsafe<void>()
  // What is shown must not go back: the active generation stands still while another that has come as far takes its place.
  const showing = Semaphore.makeUnsafe(1)
  let extent: Extent.Extent = Extent.nothing
  let isOurs = false

  const measure = Effect.fnUntraced(function*(batch: Batch) {
    const last = batch.events.at(-1)
    const now = yield* Clock.currentTimeMillis
    const lag = batch.caughtUp || last === undefined ? 0 : Math.max(0, now - last.meta.time)
    yield* Metric.update(Metric.withAttributes(Metrics.viewLag, { view: name }), lag)
  })

  /** A list that follows other events than before is no view that is away: nobody has to look at it. */
  const tell = (view: string, list: string, generation: number) =>
    behavior.collector === undefined
      ? Effect.logInfo(`${name} ${view}`, { generation })
      : Effect.logDebug(`${name} ${list}`, { generation })

  /** Feeds a generation from its stored checkpoint; ends when it was built and is now the active one, or overtaken. */
  const feedFrom = Effect.fnUntraced(function*({ active, generation }: GenerationState) {
    const feed = yield* ViewFeed.make({
      plugin: runtime.plugin.name,
      behavior,
      store: rows,
      generation
    })
    const moved = Signal.make()
    const storeIdle = Effect.forever(Effect.gen(function*() {
      const next = yield* moved.next
      if (feed.isSettled()) yield* next
      yield* Effect.sleep(idleCheckpointInterval)
      // What waits for a commit has one before long, and its checkpoint with it.
      if (feed.isShown()) yield* feed.settle
      else yield* next
    }))
    const show = Effect.fnUntraced(function*(batch: Batch) {
      yield* feed.apply(batch)
      if (!feed.isShown()) return
      extent = batch.checkpoint.extent
      changed.notify()
      if (batch.caughtUp) Deferred.doneUnsafe(caughtUp, Effect.void)
    })
    let isHeld = false
    /** Promotes a generation that has come as far as the one it replaces; whether it has. */
    const promote = Effect.gen(function*() {
      yield* feed.settle
      if (!isHeld) yield* Effect.acquireRelease(showing.take(1), () => showing.release(1), { interruptible: true })
      isHeld = true
      if (!Extent.includes(feed.checkpoint().extent, extent)) return false
      yield* rows.promote(spec.name, generation)
      yield* tell("is rebuilt", "has gone through all events", generation)
      return true
    })
    const apply = Effect.fnUntraced(function*(batch: Batch) {
      yield* active ? showing.withPermit(show(batch)) : feed.apply(batch)
      if (batch.events.length === 0) moved.notify()
      yield* measure(batch)
      return !active && batch.caughtUp ? yield* promote : false
    })
    const checkpoint = feed.checkpoint()
    if (active) extent = checkpoint.extent
    const following = Stream.runHead(
      Stream.filter(
        Stream.mapEffect(events.subscribe({ lane: spec.lane, checkpoint }), apply),
        (promoted) => promoted
      )
    )
    yield* Effect.raceFirst(following, storeIdle)
  }, Effect.scoped)

  /** Feeds a generation; ends when it was built and is now the active one. */
  const feed = Effect.fnUntraced(function*(state: GenerationState) {
    if (!state.active) {
      const anew = "goes through all events, as it follows others than before; what it did already isn't done again"
      yield* tell("is being rebuilt", anew, state.generation)
    }
    let isOvertaken = true
    while (isOvertaken) {
      isOvertaken = yield* feedFrom(state).pipe(
        Effect.as(false),
        Effect.catchTag("Overtaken", () => Effect.succeed(true))
      )
    }
  })

  /** Completes when the view has other generations than these, because a rebuild began somewhere. */
  const otherGenerations = Effect.fnUntraced(function*(known: ReadonlyArray<GenerationState>) {
    const numbers = (generations: ReadonlyArray<GenerationState>) =>
      generations.map(({ generation }) => generation).join()
    while (true) {
      const asked = yield* requested.next
      const changed = yield* rows.changed
      const now = yield* rows.open(spec.name, spec.fingerprint)
      if (numbers(now) !== numbers(known)) return
      yield* Effect.raceFirst(asked, Effect.andThen(changed, Effect.sleep(rebuildLookInterval)))
    }
  })

  const feedAll = Effect.scoped(Effect.gen(function*() {
    const { lost } = yield* rows.own(spec.name)
    isOurs = true
    yield* Effect.addFinalizer(() => Effect.sync(() => isOurs = false))
    const generations = yield* rows.open(spec.name, spec.fingerprint)
    const ours = generations.filter(({ fingerprint }) => fingerprint === spec.fingerprint)
    yield* Effect.raceAllFirst([lost, otherGenerations(generations), ...ours.map(feed)])
  }))

  return {
    progress: {
      reached: (active, token) =>
        events.reached(spec.lane, { extent }, token) ||
        events.reached(spec.lane, active?.checkpoint ?? Checkpoint.beginning, token),
      changed
    },
    caughtUp: Deferred.await(caughtUp),
    feeds: () => isOurs,
    rebuild: Effect.tap(rows.build(spec.name, spec.fingerprint), () => Effect.sync(requested.notify)),
    run: feedAll.pipe(
      Effect.tapCause((cause) => Effect.logError(`${name} stopped and starts again`, cause)),
      Effect.retry(retries),
      Effect.orDie,
      Effect.forever
    )
  }
}
