import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Signal from "../../Signal.ts"
import type { LeasedWork, WorkStoreShape } from "../../WorkStore.ts"

/** For how many milliseconds an item is leased; the lease is renewed four times as often while it is worked on. */
export const leaseMillis = 10_000

/** A lease that is younger, in milliseconds, waits for the next turn: most work is done by then. */
const youngMillis = leaseMillis / 20

/** The items of a queue that a worker has leases on, and the fibers that work on them. */
export interface HeldItems {
  /** Renews an item's lease from now on, while it is worked on. The fiber is interrupted when the lease is lost. */
  readonly hold: (item: LeasedWork, work: () => Fiber.Fiber<void>) => void
  /** Whether a lease that was taken is on what is worked on here, whose last one ran out: work goes on by the new one. */
  readonly goesOn: (lease: LeasedWork) => boolean
  /** The last lease on what is worked on. */
  readonly leaseOf: (item: LeasedWork) => LeasedWork
  /**
   * Says that an item isn't worked on any more, and which lease it was finished by. Answers a later one: the item was taken
   * here once more before this process knew of its end, and is to be begun.
   */
  readonly leave: (item: LeasedWork, over: LeasedWork | undefined) => LeasedWork | undefined
}

/** Holds the items of a queue while the scope lives, with one fiber for all leases. */
export const make = Effect.fnUntraced(function*(store: WorkStoreShape, queue: string) {
  const held = new Map<LeasedWork, Fiber.Fiber<void> | undefined>()
  /** The last lease of what is held, by its place in the queue: one that ran out here and was taken here is another one. */
  const leases = new Map<number, LeasedWork>()
  const leaseOf = (item: LeasedWork): LeasedWork => leases.get(item.sequence) ?? item
  const begun = Signal.make()

  /** A lease that can't be renewed now lasts two turns more; what was lost isn't worked on. */
  const renew = Effect.gen(function*() {
    const next = yield* begun.next
    if (held.size === 0) yield* next
    yield* Effect.sleep(leaseMillis / 4)
    for (const [item, fiber] of Array.from(held)) {
      const now = yield* Clock.currentTimeMillis
      const lease = leaseOf(item)
      if (now >= lease.time && now < lease.time + youngMillis) continue
      const kept = yield* Effect.exit(store.extend(queue, lease, { now, lease: leaseMillis }))
      if (Exit.isSuccess(kept) && !kept.value && lease === leaseOf(item)) fiber?.interruptUnsafe()
    }
  })
  yield* Effect.forkScoped(Effect.forever(renew))

  const items: HeldItems = {
    hold: (item, work) => {
      held.set(item, undefined)
      leases.set(item.sequence, item)
      if (held.size === 1) begun.notify()
      const fiber = work()
      // Work that is done at once has left already.
      if (held.has(item)) held.set(item, fiber)
    },
    goesOn: (lease) => {
      if (!leases.has(lease.sequence)) return false
      leases.set(lease.sequence, lease)
      return true
    },
    leaseOf,
    leave: (item, over) => {
      held.delete(item)
      const next = leases.get(item.sequence)
      if (over !== undefined && next !== undefined && next !== over) return next
      leases.delete(item.sequence)
      return undefined
    }
  }
  return items
})
