/**
 * The event store in memory: for tests, tools and prototypes. It keeps every promise of `EventStore` within one process
 * and loses everything when the process ends. An append costs the same however long the log is.
 */

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Boundary from "./Boundary.ts"
import {
  AppendConflict,
  type Appended,
  EventChanged,
  EventStore,
  EventStoreError,
  type EventStoreErrorReason,
  InvalidRequest,
  PositionedEventStore,
  type PositionedEventStoreShape,
  QueryNotIndexed,
  type SequencedEvent
} from "./EventStore.ts"
import * as EventStores from "./EventStores.ts"
import * as Extent from "./Extent.ts"
import * as IndexPlan from "./IndexPlan.ts"
import * as Log from "./internal/memoryLog.ts"
import * as Lane from "./Lane.ts"
import * as Signal from "./Signal.ts"
import * as StoreRules from "./StoreRules.ts"
import * as Tail from "./Tail.ts"

/** How many events one batch of a subscription or one page of a read holds at most. */
const pageSize = 512

const fail = (reason: typeof EventStoreErrorReason.Type) => Effect.fail(new EventStoreError({ reason }))

const covered = (detail: string | undefined) =>
  detail === undefined ? Effect.void : fail(new QueryNotIndexed({ detail }))

/** A log with its receipts, over which stores of several plans may be opened. */
interface SharedLog {
  readonly log: Log.MemoryLog
  readonly receipts: Map<string, Appended>
  readonly changed: Signal.Signal
  /** The shapes of events by type and version. */
  readonly shapes: Map<string, string>
}

const makeLog = (): SharedLog => ({ log: Log.make(), receipts: new Map(), changed: Signal.make(), shapes: new Map() })

/** Remembers the shapes of a plugin's events; refuses one that changed under its version. */
const remember = ({ shapes }: SharedLog, events: ReadonlyArray<EventStores.EventShape>) =>
  Effect.forEach(events, ({ shape, type, version }) => {
    const key = `${type} ${version}`
    const before = shapes.get(key) ?? shape
    const detail = StoreRules.changedShape(before, shape)
    if (detail !== undefined) return fail(new EventChanged({ event: type, version, detail }))
    shapes.set(key, StoreRules.rememberedShape(before, shape))
    return Effect.void
  }, { discard: true })

/** Makes a store for the plan, with a log of its own. */
export const make = (plan: IndexPlan.IndexPlan): Effect.Effect<PositionedEventStoreShape> =>
  Effect.suspend(() => open(plan, makeLog()))

const open = (
  plan: IndexPlan.IndexPlan,
  { changed, log, receipts }: SharedLog
): Effect.Effect<PositionedEventStoreShape> =>
  Effect.sync(() => {
    const at = (positions: ReadonlyArray<number>): ReadonlyArray<SequencedEvent> =>
      positions.map((position) => log.events[position - 1]!)

    const read: PositionedEventStoreShape["read"] = (query, options) =>
      Stream.unwrap(Effect.gen(function*() {
        yield* covered(IndexPlan.uncovered(plan, query))
        const after = yield* Effect.fromResult(Tail.position(options?.checkpoint?.extent ?? Extent.nothing))
        const backwards = options?.backwards === true
        const from = options?.from ?? (backwards ? Infinity : 0)
        let positions = Log.find(log, query, backwards ? after : Math.max(after, from - 1))
        if (backwards) positions = positions.filter((position) => position <= from).reverse()
        return Stream.fromIterable(at(positions.slice(0, options?.limit)))
      }))

    const seenBy = Effect.fnUntraced(function*(boundary: Boundary.Boundary) {
      yield* covered(IndexPlan.uncovered(plan, boundary.query))
      const after = yield* Effect.fromResult(Tail.position(boundary.extent))
      if (after > Log.head(log)) return yield* fail(new InvalidRequest({ detail: StoreRules.aheadOfLog }))
      return after
    })

    const readBoundary: PositionedEventStoreShape["readBoundary"] = Effect.fnUntraced(function*(query, options) {
      const since = options?.since ?? Boundary.absent(query)
      if (!Boundary.isOf(since, query)) return yield* fail(new InvalidRequest({ detail: StoreRules.otherQuery }))
      const after = yield* seenBy(since)
      return {
        events: at(Log.find(log, query, after)),
        boundary: { query, extent: Extent.upTo(Math.max(after, Log.head(log))) }
      }
    })

    const append: PositionedEventStoreShape["append"] = Effect.fnUntraced(function*(events, options) {
      const first = options?.commandId === undefined ? undefined : receipts.get(options.commandId)
      if (first !== undefined) return { ...first, replayed: true }
      if (events.length === 0) return yield* fail(new InvalidRequest({ detail: "an append needs at least one event" }))
      for (const event of events) {
        const detail = StoreRules.invalidEvent(plan, event)
        if (detail !== undefined) return yield* fail(new InvalidRequest({ detail }))
      }
      if (options?.boundary !== undefined) {
        const after = yield* seenBy(options.boundary)
        if (Log.exists(log, options.boundary.query, after)) return yield* new AppendConflict()
      }
      if (options?.condition !== undefined) {
        yield* covered(IndexPlan.uncovered(plan, options.condition.failIfEventsMatch))
        if (Log.forbids(log, options.condition)) return yield* new AppendConflict()
      }
      const stored = events.map((event, index): SequencedEvent => ({ ...event, position: Log.head(log) + 1 + index }))
      for (const event of stored) Log.push(log, event)
      const result: Appended = { events: stored, token: { extent: Extent.upTo(Log.head(log)) }, replayed: false }
      if (options?.commandId !== undefined) receipts.set(options.commandId, result)
      changed.notify()
      return result
    })

    const confirm: PositionedEventStoreShape["confirm"] = Effect.fnUntraced(function*(boundary, options) {
      const first = options?.commandId === undefined ? undefined : receipts.get(options.commandId)
      if (first !== undefined) return { ...first, replayed: true }
      const after = yield* seenBy(boundary)
      if (Log.exists(log, boundary.query, after)) return yield* new AppendConflict()
      return undefined
    })

    const subscribe: PositionedEventStoreShape["subscribe"] = (options) =>
      Stream.unwrap(Effect.map(
        covered(IndexPlan.uncoveredLane(plan, options.lane)),
        () => {
          const isIncluded = Lane.includes(options.lane)
          return Tail.follow({
            checkpoint: options.checkpoint,
            changed: changed.next,
            read: (after) =>
              Effect.sync(() => {
                const page = log.events.slice(after, after + pageSize)
                return {
                  events: page.filter(isIncluded),
                  position: after + page.length,
                  end: after + page.length === Log.head(log)
                }
              })
          })
        }
      ))

    return { read, readBoundary, append, confirm, subscribe, reached: Tail.reached }
  })

/** One store as `EventStore` and `PositionedEventStore`. The plan is open unless one is given. */
export const layer = (plan: IndexPlan.IndexPlan = IndexPlan.open): Layer.Layer<EventStore | PositionedEventStore> =>
  Layer.effectContext(
    Effect.map(
      make(plan),
      (store) => Context.make(EventStore, store as EventStore["Service"]).pipe(Context.add(PositionedEventStore, store))
    )
  )

/** The stores of a platform in memory: one log for each plugin name, each in one commit order. */
export const layerStores: Layer.Layer<EventStores.EventStores | EventStores.TotalOrder> = Layer.effectContext(
  Effect.sync(() => {
    const logs = new Map<string, SharedLog>()
    const of = ({ name, plan, shapes = [] }: EventStores.StoreOptions) =>
      Effect.suspend(() => {
        let log = logs.get(name)
        if (log === undefined) logs.set(name, log = makeLog())
        return Effect.andThen(remember(log, shapes), open(plan, log))
      })
    return Context.make(EventStores.EventStores, {
      of: (plugin) => Effect.map(of(plugin), (store) => ({ positioned: true, store }) as const)
    }).pipe(Context.add(EventStores.TotalOrder, { of }))
  })
)
