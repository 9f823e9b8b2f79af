import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type { LeasedWork, NewWork, WorkStoreError, WorkStoreShape } from "../../WorkStore.ts"
import { leaseMillis } from "./heldItems.ts"

/** Begins an item's work; `left` is called when this process has done with it. */
export type Begin = (item: LeasedWork, left: () => void) => void

/**
 * The short way from who adds an item to the worker in the same process: the write that adds it leases it, too, and its
 * work begins without a look for it. An item that can't be begun yet, or for which the worker has no hand free, is added as
 * always, and waits for whoever takes it.
 */
export interface HandOver {
  /** Adds an item. Not to be interrupted once it is being written, unless it is added as always. */
  readonly add: (item: NewWork, now: number) => Effect.Effect<void, WorkStoreError>
  /** Items may be handed over from now on, for as long as the scope lives. */
  readonly open: (begin: Begin) => Effect.Effect<void, never, Scope.Scope>
}

/**
 * Makes the way to the worker of a queue. At most `limit` items are worked on that came this way, beside those that the
 * worker takes: what others have added is never kept waiting by what is handed over.
 */
export const make = (
  store: WorkStoreShape,
  { limit, queue }: { readonly queue: string; readonly limit: number }
): HandOver => {
  let begin: Begin | undefined
  let handed = 0
  const left = (): void => {
    handed--
  }

  const handOver = Effect.fnUntraced(function*(item: NewWork, now: number) {
    handed++
    const added = yield* Effect.exit(store.addLeased(queue, [item], { now, lease: leaseMillis }))
    const leased = Exit.isSuccess(added) ? added.value[0] : undefined
    if (leased !== undefined && begin !== undefined) begin(leased, left)
    else left()
    // The worker stopped meanwhile: the next one needn't wait until the lease ends.
    if (leased !== undefined && begin === undefined) {
      yield* Effect.ignore(store.finish(queue, leased, { _tag: "Release" }, now))
    }
    yield* added
  }, Effect.uninterruptible)

  return {
    add: (item, now) =>
      Effect.suspend(() =>
        begin === undefined || handed >= limit ? store.add(queue, [item], now) : handOver(item, now)
      ),
    open: (own) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          begin = own
        }),
        () =>
          Effect.sync(() => {
            begin = undefined
          })
      )
  }
}
