/** What the checks of work stores are written with: a store, items in short, and what was taken. */
import {
  type LeasedWork,
  type NewWork,
  type WorkResult,
  WorkStores,
  type WorkStoreShape
} from "@reventless/core/WorkStore"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { chapter as anyChapter, type CheckError } from "../platform/Check.ts"

/** The queue that a check uses when it needs no other. */
export const queue = "mail"

/** How long items are leased, in milliseconds, when nothing else is said. */
export const lease = 1000

/** An instant to begin at, in milliseconds since 1970. */
export const start = 1_700_000_000_000

/** An hour, in milliseconds. */
export const hour = 3_600_000

/** The work store of a plugin. */
export const storeOf = (plugin: string) => Effect.flatMap(WorkStores, (stores) => stores.of(plugin))

/** Makes the checks of one chapter: each is given the store of one plugin. */
export const chapter = (group: string) => {
  const check = anyChapter(group)
  return (
    name: string,
    body: (store: WorkStoreShape) => Effect.Effect<void, CheckError, Scope.Scope | WorkStores>
  ) => check(name, Effect.flatMap(storeOf("Shop"), body))
}

/** An item with a lane of its own, due at the start, unless something else is said. */
export const item = (id: string, options: Partial<NewWork> = {}): NewWork => ({
  id,
  lane: id,
  due: start,
  content: `content of ${id}`,
  ...options
})

/** Items in one lane. */
export const inLane = (lane: string, ...ids: ReadonlyArray<string>): ReadonlyArray<NewWork> =>
  ids.map((id) => item(id, { lane }))

/** The ids of items, in their order. */
export const ids = (items: ReadonlyArray<NewWork>): ReadonlyArray<string> => items.map(({ id }) => id)

/** Takes what may be begun at `now`. */
export const take = (store: WorkStoreShape, now: number, limit = 100) => store.take(queue, { now, lease, limit })

/** The ids of what may be begun at `now`, in the order in which it was taken. */
export const taken = (store: WorkStoreShape, now: number, limit = 100) => Effect.map(take(store, now, limit), ids)

/** Adds one item and takes it, at the start. */
export const leased = Effect.fnUntraced(function*(store: WorkStoreShape, options: Partial<NewWork> = {}) {
  yield* store.add(queue, [item("a", options)], start)
  return (yield* take(store, start))[0]!
})

export const done = (outcome?: Schema.Json): WorkResult => ({ _tag: "Done", outcome })
export const again = (due: number, content: Schema.Json): WorkResult => ({ _tag: "Again", due, content })
export const retry = (due: number, reason: string): WorkResult => ({ _tag: "Retry", due, reason })
export const release: WorkResult = { _tag: "Release" }
export const park = (reason: string): WorkResult => ({ _tag: "Park", reason })
export const forget: WorkResult = { _tag: "Forget" }

/** Takes what may be begun at `now`, and finishes all of it so. */
export const finishAll = Effect.fnUntraced(function*(store: WorkStoreShape, now: number, result: WorkResult) {
  const items = yield* take(store, now)
  yield* Effect.forEach(items, (item: LeasedWork) => store.finish(queue, item, result, now))
  return ids(items)
})
