import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { KeyedLocks } from "../../KeyedLocks.ts"

/** Items that wait for the same key are processed together, in the order they came. */
export interface FoldingQueue<Item, A> {
  readonly process: (key: string, item: Item) => Effect.Effect<Exit.Exit<A, unknown>>
}

/** Lets a part of an uninterruptible effect be interrupted. */
export type Interruptible = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

interface Waiting<Item, A> {
  readonly item: Item
  readonly answer: Deferred.Deferred<A, unknown>
}

/**
 * Makes a queue. Whoever gets the lock of a key processes all that wait for it, at most `limit`, and answers them.
 *
 * `process` runs uninterruptibly and says which parts of it may be interrupted: those in which nothing is done yet. An
 * interrupted group goes back to the front of the queue, and the next in line processes it.
 */
export const make = <Item, A>(options: {
  readonly locks: KeyedLocks
  readonly limit: number
  readonly process: (
    items: readonly [Item, ...ReadonlyArray<Item>],
    interruptible: Interruptible
  ) => Effect.Effect<ReadonlyArray<Exit.Exit<A, unknown>>>
}): FoldingQueue<Item, A> => {
  const queues = new Map<string, ReadonlyArray<Waiting<Item, A>>>()

  const update = (key: string, change: (queue: ReadonlyArray<Waiting<Item, A>>) => ReadonlyArray<Waiting<Item, A>>) => {
    const next = change(queues.get(key) ?? [])
    if (next.length === 0) queues.delete(key)
    else queues.set(key, next)
  }

  const takeGroup = (key: string): ReadonlyArray<Waiting<Item, A>> => {
    const group = (queues.get(key) ?? []).slice(0, options.limit)
    update(key, (queue) => queue.slice(group.length))
    return group
  }

  /** Processes those that wait for the key, this one among them, unless another fiber has done so already. */
  const drain = (key: string, own: Waiting<Item, A>): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (Deferred.isDoneUnsafe(own.answer)) return Effect.void
      const group = takeGroup(key)
      const [first, ...rest] = group.map(({ item }) => item)
      if (first === undefined) return Effect.void
      return Effect.uninterruptibleMask((restore) =>
        options.process([first, ...rest], restore).pipe(
          Effect.map((answers) =>
            answers.forEach((answer, index) => Deferred.doneUnsafe(group[index]!.answer, answer))
          ),
          Effect.onInterrupt(() => Effect.sync(() => update(key, (queue) => [...group, ...queue])))
        )
      )
    })

  const waitForTurn = (key: string, own: Waiting<Item, A>): Effect.Effect<void> =>
    Effect.suspend(() =>
      Deferred.isDoneUnsafe(own.answer)
        ? Effect.void
        : Effect.flatMap(options.locks.withKeys([key])(drain(key, own)), () => waitForTurn(key, own))
    )

  return {
    process: (key, item) =>
      Effect.suspend(() => {
        const own: Waiting<Item, A> = { item, answer: Deferred.makeUnsafe() }
        update(key, (queue) => [...queue, own])
        return waitForTurn(key, own).pipe(
          Effect.onInterrupt(() => Effect.sync(() => update(key, (queue) => queue.filter((other) => other !== own)))),
          Effect.andThen(Effect.exit(Deferred.await(own.answer)))
        )
      })
  }
}
