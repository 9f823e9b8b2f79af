/**
 * Locks by key, for those who implement a platform or store: what would conflict within one process waits instead.
 */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

/** Locks by key, first come first served. Effects whose keys overlap run one after another; others run in parallel. */
export interface KeyedLocks {
  /** Runs the effect while holding every key. Keys are taken in sorted order, so that no two can wait for each other. */
  readonly withKeys: (
    keys: ReadonlyArray<string>
  ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

interface Lock {
  readonly semaphore: Semaphore.Semaphore
  users: number
}

/** Makes a set of locks. It holds an entry only for keys that are held or waited for. */
export const make = (): KeyedLocks => {
  const locks = new Map<string, Lock>()

  const withKey = (key: string) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      let lock = locks.get(key)
      if (lock === undefined) locks.set(key, lock = { semaphore: Semaphore.makeUnsafe(1), users: 0 })
      const held = lock
      held.users++
      return Effect.ensuring(
        held.semaphore.withPermit(effect),
        Effect.sync(() => {
          if (--held.users === 0) locks.delete(key)
        })
      )
    })

  return {
    withKeys: (keys) => (effect) => [...new Set(keys)].sort().reduceRight((inner, key) => withKey(key)(inner), effect)
  }
}
