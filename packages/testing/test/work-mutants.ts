/** Work stores that are wrong in one place: each breaks one promise that a store could break by mistake. */
import * as Signal from "@reventless/core/Signal"
import type { LeasedWork, NewWork, WorkStoreShape as Store } from "@reventless/core/WorkStore"
import * as Effect from "effect/Effect"

export interface Mutant {
  /** What the store does wrong. */
  readonly name: string
  readonly make: (store: Store) => Store
  /** The names of checks that must fail on it. */
  readonly caughtBy: ReadonlyArray<string>
}

const changeItems = (change: (item: NewWork) => NewWork) => (store: Store): Store => ({
  ...store,
  add: (queue, items, now) => store.add(queue, items.map(change), now)
})

const changeFinish =
  (change: (...[item, result]: [LeasedWork, Parameters<Store["finish"]>[2]]) => typeof result) =>
  (store: Store): Store => ({
    ...store,
    finish: (queue, item, result, now) => store.finish(queue, item, change(item, result), now)
  })

/** The store, and each item's newest lease with its end. */
const remembering = (make: (store: Store, held: Map<string, LeasedWork & { readonly until: number }>) => Store) =>
(
  store: Store
): Store => {
  const held = new Map<string, LeasedWork & { readonly until: number }>()
  const take: Store["take"] = (queue, options) =>
    Effect.tap(store.take(queue, options), (items) =>
      Effect.sync(() => {
        for (const item of items) held.set(item.id, { ...item, until: options.now + options.lease })
      }))
  return make({ ...store, take }, held)
}

const inOrder = "the items of a lane are done one after another, in the order in which they were added"
const dead = "who was taken for dead can't finish or extend what another has taken, nor what came of it"
const anew = "an item that was forgotten or cancelled may be added again, and its old lease is of no use"
const completed = "an item is completed whatever its state, stays known for ever, and its lane goes on"
const told = "who waits is told of every kind of change"
const ahead = "who looks with a clock that is a little behind, or looked at it before, takes no item away"
const atOnce = "of many that take at once no two get one item, and no two items of a lane are held at once"

const asTaken = "an item that is added and leased at once is as one that was added and taken"
const whatMayBegin =
  "of items that are added and leased at once only those that may be begun are leased, in their order"

/** Adds, and leases afterwards what `which` says of what was given. */
const addThenTake = (which: (item: NewWork, known: boolean) => boolean) => (store: Store): Store => ({
  ...store,
  addLeased: Effect.fnUntraced(function*(queue, items, { lease, now }) {
    const known = yield* Effect.forEach(items, ({ id }) => store.get(queue, id))
    yield* store.add(queue, items, now)
    const wanted = new Set(items.filter((item, index) => which(item, known[index] !== undefined)).map(({ id }) => id))
    const all = yield* store.take(queue, { now, lease, limit: Infinity })
    for (const other of all) if (!wanted.has(other.id)) yield* store.finish(queue, other, { _tag: "Release" }, now)
    return all.filter(({ id }) => wanted.has(id))
  })
})

export const mutants: ReadonlyArray<Mutant> = [
  {
    name: "what is known and pending is leased, too, by who adds it again",
    make: addThenTake(() => true),
    caughtBy: ["an item that is known is left as it is by who adds and leases it, whatever its state"]
  },
  {
    name: "nothing is leased when it is added",
    make: (store) => ({
      ...store,
      addLeased: (queue, items, { now }) => Effect.as(store.add(queue, items, now), [])
    }),
    caughtBy: [asTaken, whatMayBegin]
  },
  {
    name: "what is leased when it is added is leased for longer than was said",
    make: (store) => ({
      ...store,
      addLeased: (queue, items, options) => store.addLeased(queue, items, { ...options, lease: 2 * options.lease })
    }),
    caughtBy: ["who added and leased an item and was taken for dead can't finish what another has taken"]
  },
  {
    name: "an item is leased before it is due, when it is added",
    make: (store) => ({
      ...store,
      addLeased: (queue, items, options) =>
        store.addLeased(queue, items.map((item) => ({ ...item, due: Math.min(item.due, options.now) })), options)
    }),
    caughtBy: [whatMayBegin]
  },
  {
    name: "an item is leased although its lane has another one, when it is added",
    make: (store) => ({
      ...store,
      addLeased: (queue, items, options) =>
        store.addLeased(queue, items.map((item) => ({ ...item, lane: item.id })), options)
    }),
    caughtBy: [
      whatMayBegin,
      "an item whose lane has one that is leased or parked is added and not leased",
      "of many that add and lease one item at once one has it, and of those with items of one lane the first"
    ]
  },
  {
    name: "what was finished as repeatable is forgotten",
    make: changeFinish((_, result) =>
      result._tag === "Done" && result.isRepeatable === true ? { _tag: "Forget" } : result
    ),
    caughtBy: ["what is finished as repeatable is done like anything else"]
  },
  {
    name: "a list knows one direction",
    make: (store) => ({ ...store, list: (queue, query) => store.list(queue, { ...query, backwards: false }) }),
    caughtBy: ["items are listed backwards in pages, each once, whatever their state"]
  },
  {
    name: "lanes are ignored",
    make: changeItems((item) => ({ ...item, lane: item.id })),
    caughtBy: [inOrder, "a parked item holds up those behind it, and no other lane", atOnce]
  },
  {
    name: "all items are in one lane",
    make: changeItems((item) => ({ ...item, lane: "" })),
    caughtBy: ["a leased item holds up those behind it, and no other lane"]
  },
  {
    name: "items are begun before they are due",
    make: changeItems((item) => ({ ...item, due: 0 })),
    caughtBy: ["an item is taken when it is due, not before"]
  },
  {
    name: "what is done is forgotten",
    make: changeFinish((_, result) => result._tag === "Done" ? { _tag: "Forget" } : result),
    caughtBy: ["an item that is done is left as it is when it is added again, long after"]
  },
  {
    name: "an outcome of null is none",
    make: changeFinish((_, result) =>
      result._tag === "Done" ? { _tag: "Done", outcome: result.outcome ?? undefined } : result
    ),
    caughtBy: ["no outcome and the outcome null are told apart"]
  },
  {
    name: "a failed attempt isn't counted",
    make: changeFinish(({ content }, result) =>
      result._tag === "Retry" ? { _tag: "Again", due: result.due, content } : result
    ),
    caughtBy: ["an item that is tried again keeps its content and its attempts, and says why"]
  },
  {
    name: "an item that is given back has had its attempt",
    make: changeFinish(({ due }, result) => result._tag === "Release" ? { _tag: "Retry", due, reason: "" } : result),
    caughtBy: ["an item that is given back may be begun again at once, and its attempt doesn't count"]
  },
  {
    name: "an item that is added again replaces the first",
    make: (store) => ({
      ...store,
      add: (queue, items, now) => Effect.forEach(items, (item) => store.put(queue, item, now), { discard: true })
    }),
    caughtBy: [
      "an item that is added again is left as it is",
      "an item that is added twice at once is added as the first says"
    ]
  },
  {
    name: "items that are added together are added one by one",
    make: (store) => ({
      ...store,
      add: (queue, items, now) =>
        Effect.forEach(items, (item) => Effect.andThen(store.add(queue, [item], now), Effect.yieldNow), {
          discard: true
        })
    }),
    caughtBy: ["many items that are added together are seen all or none, by whoever looks"]
  },
  {
    name: "put doesn't touch what is leased",
    make: (store) => ({
      ...store,
      put: (queue, item, now) =>
        Effect.flatMap(
          store.get(queue, item.id),
          (found) => found?.state === "Leased" ? Effect.void : store.put(queue, item, now)
        )
    }),
    caughtBy: ["put takes the lease away, and lets the item be begun at its new time"]
  },
  {
    name: "the number of a lease isn't looked at",
    make: remembering((store, held) => ({
      ...store,
      finish: (queue, item, result, now) =>
        store.finish(queue, { ...item, lease: held.get(item.id)!.lease }, result, now)
    })),
    caughtBy: [dead]
  },
  {
    name: "the sequence of a lease isn't looked at",
    make: remembering((store, held) => ({
      ...store,
      finish: (queue, item, result, now) =>
        store.finish(queue, { ...item, sequence: held.get(item.id)!.sequence }, result, now)
    })),
    caughtBy: [anew]
  },
  {
    name: "a lease doesn't run out",
    make: (store) => ({
      ...store,
      take: (queue, options) => store.take(queue, { ...options, lease: options.lease * 10_000 })
    }),
    caughtBy: ["a leased item isn't taken by another until its lease has run out", dead]
  },
  {
    name: "a lease isn't extended",
    make: (store) => ({
      ...store,
      extend: (queue, item) => Effect.map(store.get(queue, item.id), (found) => found?.state === "Leased")
    }),
    caughtBy: ["an extended lease lasts from then on, however long"]
  },
  {
    name: "it believes that clocks are never set back",
    make: (store) => {
      let latest = 0
      return {
        ...store,
        take: (queue, options) => store.take(queue, { ...options, now: latest = Math.max(latest, options.now) })
      }
    },
    caughtBy: [
      "a clock that is set back by an hour leaves no item leased for longer than its lease",
      "a clock that is set back by an hour leaves nothing waiting that was due when it was added, or failed once"
    ]
  },
  {
    name: "a lease that ends later than one that would begin now is taken for an old one",
    make: remembering((store, held) => ({
      ...store,
      take: Effect.fnUntraced(function*(queue, options) {
        const { lease, now } = options
        for (const item of held.values()) {
          if (item.until > now + lease) yield* store.extend(queue, item, { now, lease: 0 })
        }
        return yield* store.take(queue, options)
      })
    })),
    caughtBy: [ahead]
  },
  {
    name: "two that take at once get the same",
    make: (store) => {
      let taken: ReadonlyArray<LeasedWork> | undefined
      return {
        ...store,
        take: Effect.fnUntraced(function*(queue, options) {
          if (taken !== undefined) return taken
          const items = yield* store.take(queue, options)
          taken = items
          yield* Effect.yieldNow
          taken = undefined
          return items
        })
      }
    },
    caughtBy: [atOnce]
  },
  {
    name: "a cancelled item goes on to hold up its lane",
    make: (store) => {
      const stuck = new Set<string>()
      return {
        ...store,
        cancel: Effect.fnUntraced(function*(queue, id) {
          const item = yield* store.get(queue, id)
          if (item !== undefined) stuck.add(item.lane)
          return yield* store.cancel(queue, id)
        }),
        take: (queue, options) =>
          Effect.map(store.take(queue, options), (items) => items.filter(({ lane }) => !stuck.has(lane)))
      }
    },
    caughtBy: ["a cancelled item that was first lets the next of its lane be begun, whatever its state was"]
  },
  {
    name: "a completed item is forgotten",
    make: (store) => ({ ...store, complete: (queue, id) => store.cancel(queue, id) }),
    caughtBy: [completed]
  },
  {
    name: "a completed item is its worker's still",
    make: (store) => ({
      ...store,
      complete: Effect.fnUntraced(function*(queue, id, outcome, now) {
        const found = yield* store.get(queue, id)
        return found?.state === "Leased" ? true : yield* store.complete(queue, id, outcome, now)
      })
    }),
    caughtBy: ["an item that was completed is no more whose lease it was, and what is behind it is begun"]
  },
  {
    name: "the next item may be one that is behind another",
    make: (store) => ({
      ...store,
      next: (queue) =>
        Effect.map(
          store.list(queue, { limit: Infinity }),
          (items) => items.length === 0 ? undefined : Math.min(...items.map(({ due }) => due))
        )
    }),
    caughtBy: ["the next item is the one that may be begun first, of those that are first in their lane"]
  },
  {
    name: "every page of a list is the first",
    make: (store) => ({
      ...store,
      list: (queue, query) => store.list(queue, { ...query, after: undefined })
    }),
    caughtBy: ["a list has what isn't finished, in the order in which it was added, page by page"]
  },
  {
    name: "only what is added is told",
    make: (store) => {
      const added = Signal.make()
      return {
        ...store,
        add: (queue, items, now) => Effect.tap(store.add(queue, items, now), () => Effect.sync(added.notify)),
        changed: added.next
      }
    },
    caughtBy: [told]
  },
  {
    name: "a change between looking and waiting is missed",
    make: (store) => ({ ...store, changed: Effect.succeed(Effect.flatten(store.changed)) }),
    caughtBy: [told]
  },
  {
    name: "a replayed item keeps its attempts",
    make: (store) => {
      const before = new Map<string, number>()
      return {
        ...store,
        replay: Effect.fnUntraced(function*(queue, id, now) {
          const item = yield* store.get(queue, id)
          if (item !== undefined) before.set(id, item.attempts)
          return yield* store.replay(queue, id, now)
        }),
        take: (queue, options) =>
          Effect.map(
            store.take(queue, options),
            (items) => items.map((item) => ({ ...item, attempts: item.attempts + (before.get(item.id) ?? 0) }))
          )
      }
    },
    caughtBy: ["a replayed item is pending and due now, without attempts; its former lease is of no use"]
  }
]
