import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Signal from "../../Signal.ts"
import type { LeasedWork, TakeOptions, WorkResult, WorkState, WorkStoreError, WorkStoreShape } from "../../WorkStore.ts"
import type { HandOver } from "./handOver.ts"
import * as HeldItems from "./heldItems.ts"

/** What is done with the items of a queue. */
export interface Worker {
  readonly queue: string
  /** How many items are worked on at the same time, in this process. */
  readonly concurrency: number
  /** Does an item's work, which may be interrupted when somebody else has taken the item. */
  readonly work: (item: LeasedWork) => Effect.Effect<WorkResult>
  /** Whether an item that is cancelled stays known, because it would come again otherwise. */
  readonly remembersCancelled?: boolean
  /** Whether operators see its items only when they are parked: they are no work of the application's. */
  readonly isQuiet?: boolean
  /**
   * Adds a run of what an item does, to be begun at once, for whoever asks. A sentence says why it can't be. Absent where
   * nothing is run by hand.
   */
  readonly runByHand?: (id: string, by: string) => Effect.Effect<AskedRun, string | WorkStoreError>
  /** Completes when the first item may be begun; at once when absent. */
  readonly ready?: Effect.Effect<void>
  /** How items come that this process adds and begins itself. */
  readonly handOver?: HandOver
  /** Told when this process has done with an item that it began, and what became of it; undefined when that isn't written. */
  readonly ended?: (item: LeasedWork, result: WorkResult | undefined) => void
}

/** A run that was asked for by hand. */
export interface AskedRun {
  readonly queue: string
  readonly id: string
  /** What it waits for. */
  readonly behind: { readonly queue: string; readonly id: string; readonly state: WorkState } | undefined
}

/**
 * For how long is slept at most while something waits, in milliseconds: what waits may be leased by a process that has ended
 * and whose clock was ahead, and a store tells nobody that a lease was made longer. A tenth of what there is left is slept
 * through at once, so that waiting for months costs little.
 */
const sleepBefore = (left: number): number => Math.max(1, Math.min(left, Math.max(15_000, Math.floor(left / 10))))

/** When a failed attempt is made again: exponential with full jitter, between 100 ms and 30 s. */
export const retryAt = (attempts: number): Effect.Effect<number> =>
  Effect.gen(function*() {
    const longest = Math.min(30_000, 100 * 2 ** Math.min(attempts, 20))
    return (yield* Clock.currentTimeMillis) + Math.ceil((yield* Random.next) * longest)
  })

/** What became of an attempt that failed: another one as long as there may be, then a person. */
export const retryOrPark = (
  item: LeasedWork,
  maxAttempts: number,
  reason: string
): Effect.Effect<WorkResult> =>
  item.attempts >= maxAttempts
    ? Effect.succeed({ _tag: "Park", reason })
    : Effect.map(retryAt(item.attempts), (due): WorkResult => ({ _tag: "Retry", due, reason }))

/** Why an item isn't begun again whose attempts never came to an end: it may be what ends the process. */
export const neverEnded = (attempts: number): string =>
  `it was begun ${attempts} times and never came to an end: does it end the process?`

/** The store may be away for a while: its operations are tried until it is back. */
const patiently = <A>(effect: Effect.Effect<A, WorkStoreError>): Effect.Effect<A, WorkStoreError> =>
  Effect.catch(effect, (error) =>
    error.isRetryable
      ? Effect.andThen(
        Effect.sleep("50 millis"),
        Effect.retry(effect, {
          while: (error) => error.isRetryable,
          schedule: Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])
        })
      )
      : Effect.fail(error))

/**
 * Works on a queue while the fiber lives. Several processes may: each item is one's at a time, as far as leases go.
 * `clockSet` notifies when the clock was set, so that who waits for an instant looks again.
 */
export const run = Effect.fnUntraced(
  function*(
    store: WorkStoreShape,
    { concurrency, ended, handOver, queue, ready = Effect.void, work }: Worker,
    clockSet: Signal.Signal
  ): Effect.fn.Return<never, WorkStoreError, Scope.Scope> {
    const fork = yield* FiberSet.runtime(yield* FiberSet.make<void>())<never>()
    const held = yield* HeldItems.make(store, queue)
    const freed = Signal.make()
    /** How many were taken that are worked on; those that are handed over aren't counted. */
    let taken = 0

    /** Writes what became of an item, by the lease that this process has of it now; answers the lease and whether it held. */
    const finish = Effect.fnUntraced(function*(item: LeasedWork, result: WorkResult) {
      while (true) {
        const lease = held.leaseOf(item)
        const now = yield* Clock.currentTimeMillis
        const written = yield* patiently(store.finish(queue, lease, result, now))
        if (written || lease === held.leaseOf(item)) return { lease, written }
      }
    })

    /** Who stops gives back what it has begun: nobody has to wait until the lease ends. */
    const giveBack = Effect.fnUntraced(function*(lease: LeasedWork) {
      const now = yield* Clock.currentTimeMillis
      yield* Effect.ignore(store.finish(queue, lease, { _tag: "Release" }, now))
    })

    /** Begins an item's work beside what else is under way; `left` is told when this process has done with it. */
    const start = (item: LeasedWork, left: () => void): void => held.hold(item, () => fork(attempt(item, left)))

    const startTaken = (item: LeasedWork): void => {
      taken++
      start(item, () => taken--)
    }

    const attempt = (item: LeasedWork, left: () => void): Effect.Effect<void> => {
      let became: WorkResult | undefined
      let over: LeasedWork | undefined
      return Effect.flatMap(
        Effect.catchCause(work(item), (cause) =>
          Cause.hasInterruptsOnly(cause)
            ? Effect.failCause(cause as Cause.Cause<never>)
            : retryOrPark(item, 1, Cause.pretty(cause))),
        (result) =>
          Effect.flatMap(finish(item, result), ({ lease, written }) => {
            over = lease
            if (written) became = result
            return written ? Effect.void : Effect.logDebug(`${queue} ${item.id} was taken over by another worker`)
          })
      ).pipe(
        Effect.onInterrupt(() => Effect.suspend(() => giveBack(over = held.leaseOf(item)))),
        Effect.catchCause((cause) =>
          Effect.logError(`${queue} ${item.id} could not be finished; it is begun again when its lease ends`, cause)
        ),
        Effect.ensuring(Effect.sync(() => {
          const next = held.leave(item, over)
          left()
          ended?.(item, became)
          if (next !== undefined) startTaken(next)
          freed.notify()
        }))
      )
    }

    /**
     * Takes items and begins their work; who stops meanwhile begins what it has taken, so that it is given back. What this
     * process is still at, because its lease ran out while it couldn't be renewed, goes on by the new lease.
     */
    const begin = (options: TakeOptions) =>
      Effect.uninterruptible(Effect.map(store.take(queue, options), (items) => {
        for (const item of items) if (!held.goesOn(item)) startTaken(item)
        return items.length
      }))

    yield* ready
    yield* handOver?.open(start) ?? Effect.void
    while (true) {
      const changed = yield* store.changed
      const slot = yield* freed.next
      const set = yield* clockSet.next
      const free = concurrency - taken
      const now = yield* Clock.currentTimeMillis
      const count = free > 0 ? yield* patiently(begin({ now, lease: HeldItems.leaseMillis, limit: free })) : 0
      if (count > 0) continue
      if (free > 0) {
        const next = yield* patiently(store.next(queue))
        const due = next === undefined
          ? Effect.never
          : Effect.sleep(sleepBefore(next - now))
        yield* Effect.raceAllFirst([changed, slot, set, due])
      } else {
        yield* slot
      }
      // What becomes free or is added in the same turn is taken together.
      yield* Effect.yieldNow
    }
  }
)

/** Works on a queue while the fiber lives, and begins anew after whatever happens. */
export const keepRunning = (
  store: WorkStoreShape,
  worker: Worker,
  clockSet: Signal.Signal = Signal.make()
): Effect.Effect<never> =>
  Effect.scoped(run(store, worker, clockSet)).pipe(
    Effect.tapCause((cause) => Effect.logError(`The worker of ${worker.queue} stopped and starts again`, cause)),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause as Cause.Cause<never>) : Effect.sleep("1 second")
    ),
    Effect.forever
  )
