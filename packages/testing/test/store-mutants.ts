/** Stores that are wrong in one place: each breaks one promise that a store could break by mistake. */
import {
  AppendConflict,
  type Batch,
  type NewEvent,
  type PositionedEventStoreShape as Store,
  type SequencedEvent
} from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

export interface Mutant {
  /** What the store does wrong. */
  readonly name: string
  readonly make: (store: Store) => Store
  /** The names of checks that must fail on it. */
  readonly caughtBy: ReadonlyArray<string>
}

type AppendOptions = NonNullable<Parameters<Store["append"]>[1]>

const withoutCondition = ({ commandId }: AppendOptions = {}): AppendOptions => ({ commandId })

const changeAppend =
  (change: (options: AppendOptions, store: Store, events: ReadonlyArray<NewEvent>) => AppendOptions) =>
  (store: Store): Store => ({
    ...store,
    append: (events, options = {}) => store.append(events, change(options, store, events))
  })

const changeBoundary = (change: (query: Query.Query, events: ReadonlyArray<NewEvent>) => Query.Query) =>
  changeAppend((options, _, events) =>
    options.boundary === undefined
      ? options
      : { ...options, boundary: { ...options.boundary, query: change(options.boundary.query, events) } }
  )

const changeReads = (change: (query: Query.Query) => Query.Query) => (store: Store): Store => ({
  ...store,
  read: (query, options) => store.read(change(query), options),
  readBoundary: (query, options) =>
    Effect.map(store.readBoundary(change(query), options), ({ boundary, events }) => ({
      events,
      boundary: { ...boundary, query }
    }))
})

const changeBatches = (change: (batches: Stream.Stream<Batch>) => Stream.Stream<Batch>) => (store: Store): Store => ({
  ...store,
  subscribe: (options) => change(store.subscribe(options) as Stream.Stream<Batch>)
})

const winner = "of many racers on one boundary exactly one wins, in every round"
const history =
  "a randomized run happened as if one by one: every accepted decision saw exactly what precedes it (1 of 2)"
const reads = "in a randomized run every read, too, saw exactly what precedes it"
const commitOrder =
  "in a randomized run every accepted append saw exactly the matching events that precede it in the log"
const liveAndReplay = "nothing is lost or repeated between replay and live while others append"
const replayed = "a long log is replayed whole, and the last batch says that nothing more was there"
const resume = "resuming from the checkpoint of any batch gives exactly what came after that batch"

/** The position of an extent of the memory store. */
const positionOf = (extent: Extent.Extent): number => extent._tag === "UpTo" ? extent.position : 0

export const mutants: ReadonlyArray<Mutant> = [
  {
    name: "the condition is dropped",
    make: changeAppend(withoutCondition),
    caughtBy: ["an event that matches the boundary moves it", winner, history, commitOrder]
  },
  {
    name: "absence is ignored",
    make: changeAppend((options) => options.boundary?.extent._tag === "Nothing" ? withoutCondition(options) : options),
    caughtBy: ["of many racers that create the same thing exactly one wins", history]
  },
  {
    name: "the condition is checked before the write, not with it",
    make: (store) => ({
      ...store,
      append: Effect.fnUntraced(function*(events, options) {
        if (options?.boundary !== undefined) yield* store.confirm(options.boundary, options)
        yield* Effect.yieldNow
        return yield* store.append(events, withoutCondition(options))
      })
    }),
    caughtBy: [winner, history, commitOrder]
  },
  {
    name: "a write is not one step: its events are stored one after the other",
    make: (store) => ({
      ...store,
      append: Effect.fnUntraced(function*(events, options) {
        if (events.length < 2) return yield* store.append(events, options)
        let last = yield* store.append(events.slice(0, 1), options)
        const stored: Array<SequencedEvent> = [...last.events]
        for (const event of events.slice(1)) {
          yield* Effect.yieldNow
          last = yield* store.append([event])
          stored.push(...last.events)
        }
        return { ...last, events: stored }
      })
    }),
    caughtBy: ["an append of several events is seen whole or not at all", history]
  },
  {
    name: "a refused write leaves its first event",
    make: (store) => ({
      ...store,
      append: (events, options) =>
        Effect.tapError(
          store.append(events, options),
          (error) => error._tag === "AppendConflict" ? store.append(events.slice(0, 1)) : Effect.void
        )
    }),
    caughtBy: ["a refused append leaves nothing, of however many events", history]
  },
  {
    name: "receipts are ignored",
    make: changeAppend((options) => ({ ...options, commandId: undefined })),
    caughtBy: [
      "a command id that comes again answers the first result and writes nothing",
      "of many appends with one command id at once, one writes and all answer its result",
      history
    ]
  },
  {
    name: "confirming always says yes",
    make: (store) => ({ ...store, confirm: () => Effect.as(Effect.void, undefined) }),
    caughtBy: [
      "confirming with a command id that is remembered answers that command's result, also when the boundary moved",
      history
    ]
  },
  {
    name: "types are left out of the condition",
    make: changeBoundary(({ items }) => ({ items: items.map(({ tags = [] }) => ({ tags })) })),
    caughtBy: ["an event of a type outside the query doesn't move it", history]
  },
  {
    name: "tags are left out of the condition",
    make: changeBoundary(({ items }) => ({ items: items.map(({ types = [] }) => ({ types })) })),
    caughtBy: ["appends on disjoint boundaries never conflict", history]
  },
  {
    name: "only the first item of a query is in the condition",
    make: changeBoundary(({ items }) => ({ items: items.slice(0, 1) })),
    caughtBy: ["of two that read both places and write one each, one wins", history]
  },
  {
    name: "the condition covers only what the write itself writes",
    make: changeBoundary(({ items }, events) => {
      const written = items.filter((item) => events.some((event) => Query.matches({ items: [item] }, event)))
      return written.length === 0 ? { items } : { items: written }
    }),
    caughtBy: ["of two that read both places and write one each, one wins", history]
  },
  {
    name: "the tags of an item are alternatives",
    make: changeReads(({ items }) => ({
      items: items.flatMap((item) => item.tags?.map((tag) => ({ ...item, tags: [tag] })) ?? [item])
    })),
    caughtBy: ["the tags of an item must all be there, in any order", history]
  },
  {
    name: "the decision read takes events and boundary one after the other",
    make: (store) => ({
      ...store,
      readBoundary: Effect.fnUntraced(function*(query, options) {
        const { events } = yield* store.readBoundary(query, options)
        yield* Effect.yieldNow
        const { boundary } = yield* store.readBoundary(query, options)
        return { events, boundary }
      })
    }),
    caughtBy: ["an append that lands during a decision read is in what was read, or moves its boundary", history]
  },
  {
    name: "a delta is the full read",
    make: (store) => ({ ...store, readBoundary: (query) => store.readBoundary(query) }),
    caughtBy: [
      "a delta holds what was added since, and the full read is what was seen and the deltas together",
      history
    ]
  },
  {
    name: "the boundary of a delta is the one it came from",
    make: (store) => ({
      ...store,
      readBoundary: (query, options) =>
        Effect.map(store.readBoundary(query, options), (read) => ({
          ...read,
          boundary: options?.since ?? read.boundary
        }))
    }),
    caughtBy: ["the boundary of a delta has seen what the delta held", history]
  },
  {
    name: "a read of what nobody wrote to for a moment comes from a cache",
    make: (store) => {
      const cache = new Map<string, Effect.Success<ReturnType<Store["readBoundary"]>>>()
      return {
        ...store,
        readBoundary: Effect.fnUntraced(function*(query, options) {
          const key = Query.key(query)
          const cached = cache.get(key)
          if (cached !== undefined && options?.since === undefined && cached.events.length % 3 === 2) return cached
          const read = yield* store.readBoundary(query, options)
          if (options?.since === undefined) cache.set(key, read)
          return read
        })
      }
    },
    caughtBy: [reads]
  },
  {
    name: "a reader of two items sees the second as it was before the first",
    make: (store) => ({
      ...store,
      readBoundary: Effect.fnUntraced(function*(query, options) {
        if (query.items.length < 2 || options?.since !== undefined) return yield* store.readBoundary(query, options)
        const [first, ...rest] = query.items
        const second = yield* store.readBoundary({ items: rest })
        yield* Effect.yieldNow
        const one = yield* store.readBoundary({ items: [first!] })
        const events = [...new Map([...second.events, ...one.events].map((event) => [event.position, event])).values()]
        return { events: events.sort((a, b) => a.position - b.position), boundary: { ...one.boundary, query } }
      })
    }),
    caughtBy: [history, "an append that lands during a decision read is in what was read, or moves its boundary"]
  },
  {
    name: "an event is found by only one value of a tag key",
    make: (store) => ({
      ...store,
      append: (events, options) =>
        store.append(
          events.map((event) => ({
            ...event,
            tags: [...new Map(event.tags.map((tag) => [tag.split(":")[0], tag])).values()]
          })),
          options
        )
    }),
    caughtBy: ["two values of one tag key on one event are both found, alone and together"]
  },
  {
    name: "a subscription skips what was added between replay and live",
    make: changeBatches((batches) => {
      let live = false
      return Stream.filter(batches, ({ caughtUp }) => {
        const keep = live || caughtUp
        live = caughtUp
        return keep
      })
    }),
    caughtBy: [replayed]
  },
  {
    name: "a subscription loses the last event of a batch of several",
    make: changeBatches(
      Stream.map((batch) => batch.events.length < 2 ? batch : { ...batch, events: batch.events.slice(0, -1) })
    ),
    caughtBy: [liveAndReplay, "with many appending at once every event comes exactly once, each entity's in its order"]
  },
  {
    name: "a checkpoint is ahead of its batch",
    make: changeBatches(Stream.map((batch) => ({
      ...batch,
      checkpoint: { extent: Extent.upTo(positionOf(batch.checkpoint.extent) + 1) }
    }))),
    caughtBy: [resume]
  },
  {
    name: "a checkpoint is behind its batch",
    make: changeBatches(Stream.map((batch) => ({
      ...batch,
      checkpoint: { extent: Extent.upTo(Math.max(0, positionOf(batch.checkpoint.extent) - 1)) }
    }))),
    caughtBy: [resume]
  },
  {
    name: "checkpoints stand still while only other types are added",
    make: changeBatches(Stream.filter(({ events }) => events.length > 0)),
    caughtBy: ["checkpoints advance over events of other types"]
  },
  {
    name: "every batch says that nothing more was there",
    make: changeBatches(Stream.map((batch) => ({ ...batch, caughtUp: true }))),
    caughtBy: [replayed]
  },
  {
    name: "no batch says that nothing more was there",
    make: changeBatches(Stream.map((batch) => ({ ...batch, caughtUp: false }))),
    caughtBy: [
      replayed,
      "a subscription says at once that it is at the end, also of an empty log and from a checkpoint there"
    ]
  },
  {
    name: "the order of a lane is broken within a batch",
    make: changeBatches(Stream.map((batch) => ({ ...batch, events: [...batch.events].reverse() }))),
    caughtBy: [
      "with many appending at once every event comes exactly once, each entity's in its order",
      "a subscription gives what was there and then what is added, in order"
    ]
  },
  {
    name: "a subscription ignores the lane's types",
    make: (store) => ({
      ...store,
      subscribe: (options) =>
        store.subscribe({ ...options, lane: { ...options.lane, types: [...options.lane.types, "Noted", "Removed"] } })
    }),
    caughtBy: ["a subscription gives the events of its lane's types only"]
  },
  {
    name: "`from` is exclusive",
    make: (store) => ({
      ...store,
      read: (query, options) =>
        store.read(query, options?.from === undefined ? options : { ...options, from: options.from + 1 })
    }),
    caughtBy: ["reading from a position includes it"]
  },
  {
    name: "`after` is inclusive",
    make: changeAppend((options) =>
      options.condition?.after === undefined
        ? options
        : { ...options, condition: { ...options.condition, after: options.condition.after - 1 } }
    ),
    caughtBy: ["a condition ignores the events up to `after`, and including it"]
  },
  {
    name: "conflicts are answered for what was seen",
    make: (store) => ({
      ...store,
      append: Effect.fnUntraced(function*(events, options) {
        const result = yield* store.append(events, options)
        return options?.boundary !== undefined && result.events[0]!.position % 7 === 0
          ? yield* new AppendConflict()
          : result
      })
    }),
    caughtBy: [history, "appends on disjoint boundaries never conflict"]
  }
]
