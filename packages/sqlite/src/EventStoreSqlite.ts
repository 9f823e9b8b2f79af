/**
 * The event store on an SQLite file: it keeps every promise of `PositionedEventStore` within one process and between
 * processes that share the file, and what it acknowledged is on the disk.
 *
 * An append costs one transaction and one sync, shared by all that wait to be written at the same time. Checks and reads look
 * at the ranges of indexes that they need: their cost depends on what they find, not on the length of the log. Positions
 * are shared by the plugins of a file: those of one plugin increase and have gaps.
 */
import * as Boundary from "@reventless/core/Boundary"
import {
  AppendConflict,
  type Appended,
  EventStore,
  EventStoreError,
  InvalidRequest,
  type NewEvent,
  PositionedEventStore,
  type PositionedEventStoreShape,
  QueryNotIndexed,
  type SequencedEvent
} from "@reventless/core/EventStore"
import type { StoreOptions } from "@reventless/core/EventStores"
import * as Extent from "@reventless/core/Extent"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Lane from "@reventless/core/Lane"
import type * as Query from "@reventless/core/Query"
import * as StoreRules from "@reventless/core/StoreRules"
import * as Tail from "@reventless/core/Tail"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Appends from "./internal/appends.ts"
import { attempt, read as readOnce, write } from "./internal/connection.ts"
import * as Database from "./internal/database.ts"
import * as Events from "./internal/events.ts"
import { toEventStoreError } from "./internal/failure.ts"
import * as Probes from "./internal/probes.ts"
import * as Shapes from "./internal/shapes.ts"
import type { SqliteOpenError } from "./SqliteOpenError.ts"

/** How many events one batch of a subscription or one page of a read holds at most. */
const pageSize = 512

const refuse = (detail: string) => new EventStoreError({ reason: new InvalidRequest({ detail }) })

const notIndexed = (detail: string) => new EventStoreError({ reason: new QueryNotIndexed({ detail }) })

const covered = (detail: string | undefined) => detail === undefined ? Effect.void : Effect.fail(notIndexed(detail))

/** What SQLite would alter: it replaces a lone surrogate. In data and meta there is no such danger: JSON escapes it. */
const encode = (event: NewEvent): Result.Result<Events.EncodedEvent, EventStoreError> => {
  const encoded = Result.try(() => Events.encode(event))
  if (Result.isFailure(encoded)) {
    return Result.fail(refuse(`the data of '${event.type}' is not JSON: ${String(encoded.failure)}`))
  }
  return typeof encoded.success.data === "string"
    ? Result.succeed(encoded.success)
    : Result.fail(refuse(`'${event.type}' has no data`))
}

type AppendOptions = Parameters<PositionedEventStoreShape["append"]>[1]

/** Makes the store of one plugin in an open file. */
export const make = Effect.fnUntraced(function*(
  database: Database.Database,
  options: StoreOptions
) {
  const { log } = database
  const { name, plan, shapes = [] } = options
  const unnamed = StoreRules.malformed("the plugin name", name)
  if (unnamed !== undefined) return yield* refuse(unnamed)
  const plugin = yield* Effect.mapError(Database.pluginId(database, name), toEventStoreError)
  if (shapes.length > 0) {
    const refused = yield* Effect.mapError(
      attempt(log, () => write(log, () => Shapes.remember(log, plugin, shapes))),
      toEventStoreError
    )
    if (refused !== undefined) return yield* new EventStoreError({ reason: refused })
  }
  const signal = database.signals.of(`events:${plugin}`, () => Events.head(log, plugin))

  /** Reads without a transaction: what is at or before a head that was seen never changes. */
  const look = <A>(body: () => A): Effect.Effect<A, EventStoreError> =>
    Effect.mapError(attempt(log, () => readOnce(body)), toEventStoreError)

  const head = look(() => Events.head(log, plugin))
  /** How long the log is known to be; it may be longer. */
  let longest = 0
  const notify = (head: number) => {
    longest = Math.max(longest, head)
    signal.notify(head)
  }

  const remembered = (commandId: string | undefined): Effect.Effect<Appended | undefined, EventStoreError> =>
    commandId === undefined ? Effect.undefined : look(() => Events.receipt(log, plugin, commandId))

  const page = (query: Query.Query, range: Probes.Range, limit: number, backwards: boolean) =>
    look(() => Events.find(log, Probes.probes(log, range, query), range, { limit, backwards }))

  const read: PositionedEventStoreShape["read"] = (query, options) =>
    Stream.unwrap(Effect.gen(function*() {
      yield* covered(IndexPlan.uncovered(plan, query))
      const checkpoint = yield* Effect.fromResult(Tail.position(options?.checkpoint?.extent ?? Extent.nothing))
      const backwards = options?.backwards === true
      const end = yield* head
      const from = options?.from ?? (backwards ? end : 0)
      const after = backwards ? checkpoint : Math.max(checkpoint, from - 1)
      const until = backwards ? Math.min(end, from) : end
      return Stream.paginate(
        { after, until, left: options?.limit ?? Infinity },
        Effect.fnUntraced(function*({ after, left, until }) {
          const size = Math.min(left, pageSize)
          const events: ReadonlyArray<SequencedEvent> = yield* page(query, { plugin, after, until }, size, backwards)
          const last = events.at(-1)
          if (last === undefined || events.length < size || left === size) return [events, Option.none()] as const
          const rest = backwards ? { after, until: last.position - 1 } : { after: last.position, until }
          return [events, Option.some({ ...rest, left: left - size })] as const
        })
      )
    }))

  /** Looks how long the log is, unless it is known to be as long as the boundary says. */
  const measure = (boundary: Boundary.Boundary | undefined): Effect.Effect<void, EventStoreError> =>
    boundary?.extent._tag === "UpTo" && boundary.extent.position > longest
      ? Effect.map(head, (head) => {
        longest = Math.max(longest, head)
      })
      : Effect.void

  /** The position that a boundary has seen; refused when the log, measured before, isn't that long. */
  const seenBy = ({ extent, query }: Boundary.Boundary): Result.Result<number, EventStoreError> => {
    const detail = IndexPlan.uncovered(plan, query)
    if (detail !== undefined) return Result.fail(notIndexed(detail))
    const after = Tail.position(extent)
    if (Result.isFailure(after) || after.success <= longest) return after
    return Result.fail(refuse(StoreRules.aheadOfLog))
  }

  /**
   * What is read is complete up to the newest event found, or to where the log was known to reach before, whichever is
   * later: one statement sees one state of the log. Where it takes several, all of them end at the same head.
   */
  const readBoundary: PositionedEventStoreShape["readBoundary"] = Effect.fnUntraced(function*(query, options) {
    const since = options?.since ?? Boundary.absent(query)
    if (!Boundary.isOf(since, query)) return yield* refuse(StoreRules.otherQuery)
    yield* measure(since)
    const seen = seenBy(since)
    if (Result.isFailure(seen)) return yield* seen.failure
    const after = seen.success
    return yield* look(() => {
      const until = Probes.followFrom(query) ? Infinity : Events.head(log, plugin)
      const range = { plugin, after, until }
      const events = Events.find(log, Probes.probes(log, range, query), range, { limit: undefined, backwards: false })
      const end = until < Infinity ? until : Math.max(longest, events.at(-1)?.position ?? 0)
      return { events, boundary: { query, extent: Extent.upTo(Math.max(after, end)) } }
    })
  })

  const conditionsOf = (
    options: AppendOptions
  ): Result.Result<Appends.AppendRequest["conditions"], EventStoreError> => {
    const conditions: Array<Appends.AppendCondition> = []
    if (options?.boundary !== undefined) {
      const after = seenBy(options.boundary)
      if (Result.isFailure(after)) return Result.fail(after.failure)
      conditions.push({ query: options.boundary.query, after: after.success })
    }
    if (options?.condition !== undefined) {
      const { after = 0, failIfEventsMatch } = options.condition
      const detail = IndexPlan.uncovered(plan, failIfEventsMatch)
      if (detail !== undefined) return Result.fail(notIndexed(detail))
      conditions.push({ query: failIfEventsMatch, after })
    }
    return Result.succeed(conditions)
  }

  const prepare = (
    events: ReadonlyArray<NewEvent>,
    options: AppendOptions
  ): Result.Result<Appends.AppendRequest, EventStoreError> => {
    if (events.length === 0) return Result.fail(refuse("an append needs at least one event"))
    const encoded: Array<Events.EncodedEvent> = []
    for (const event of events) {
      const detail = StoreRules.invalidEvent(plan, event)
      if (detail !== undefined) return Result.fail(refuse(detail))
      const one = encode(event)
      if (Result.isFailure(one)) return Result.fail(one.failure)
      encoded.push(one.success)
    }
    const conditions = conditionsOf(options)
    if (Result.isFailure(conditions)) return Result.fail(conditions.failure)
    const commandId = options?.commandId
    return Result.succeed({ plugin, events: encoded, commandId, conditions: conditions.success, notify })
  }

  const append: PositionedEventStoreShape["append"] = Effect.fnUntraced(function*(events, options) {
    const commandId = options?.commandId
    const unnamed = commandId === undefined ? undefined : StoreRules.malformed("the command id", commandId)
    if (unnamed !== undefined) return yield* refuse(unnamed)
    yield* measure(options?.boundary)
    const request = prepare(events, options)
    if (Result.isSuccess(request)) {
      const write = database.groupCommit.write((transaction) => Appends.write(transaction, request.success))
      return (yield* Effect.mapError(write, toEventStoreError)) ?? (yield* new AppendConflict())
    }
    // A command id that is remembered is answered whatever the events and the boundary are now.
    return (yield* remembered(commandId)) ?? (yield* Effect.fail(request.failure))
  })

  const confirm: PositionedEventStoreShape["confirm"] = Effect.fnUntraced(function*(boundary, options) {
    yield* measure(boundary)
    const after = yield* Effect.fromResult(seenBy(boundary))
    const added = yield* look(() =>
      Probes.exists(log, { plugin, after, until: Events.head(log, plugin) }, boundary.query)
    )
    // Looked up last: what isn't remembered now wasn't when the boundary was looked at.
    const first = yield* remembered(options?.commandId)
    if (first !== undefined) return first
    return added ? yield* new AppendConflict() : undefined
  })

  const subscribe: PositionedEventStoreShape["subscribe"] = (options) =>
    Stream.unwrap(Effect.map(covered(IndexPlan.uncoveredLane(plan, options.lane)), () => {
      const isIncluded = Lane.includes(options.lane)
      const probes = [...new Set(options.lane.types)].map((type) => ({ _tag: "Type", type }) as const)
      return Tail.follow({
        checkpoint: options.checkpoint,
        changed: signal.changed,
        read: (after) =>
          look(() => {
            const until = Events.head(log, plugin)
            const events = Events.find(log, probes, { plugin, after, until }, { limit: pageSize, backwards: false })
            const position = events.length < pageSize ? Math.max(after, until) : events.at(-1)!.position
            return { events: events.filter(isIncluded), position, end: position >= until }
          })
      })
    }))

  const store: PositionedEventStoreShape = { read, readBoundary, append, confirm, subscribe, reached: Tail.reached }
  return store
})

/** One store as `EventStore` and `PositionedEventStore`: by default of the plugin `default`, with an open plan. */
export const layer = (
  options: Database.SqliteOptions & {
    readonly name?: string | undefined
    readonly plan?: IndexPlan.IndexPlan | undefined
  }
): Layer.Layer<EventStore | PositionedEventStore, SqliteOpenError | EventStoreError> =>
  Layer.effectContext(Effect.gen(function*() {
    const database = yield* Database.make(options)
    const store = yield* make(database, { name: options.name ?? "default", plan: options.plan ?? IndexPlan.open })
    return Context.make(EventStore, store as EventStore["Service"]).pipe(Context.add(PositionedEventStore, store))
  }))
