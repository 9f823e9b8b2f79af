/**
 * The event store on a DynamoDB table: it keeps every promise of `EventStore` between any number of processes, without
 * clocks, counters, indexes or leases. Each event is written to the partitions by which it is found, at the next version
 * of each; that a version is free says that nothing was added since it was looked at.
 *
 * An append is one request in the common case: one event in one partition costs one write unit, the least that DynamoDB
 * charges; each further partition makes it a transaction, at two units an item. Positions are for people and for sorting,
 * they are no commit order: `PositionedEventStore` isn't offered.
 */
import * as Boundary from "@reventless/core/Boundary"
import type { Checkpoint } from "@reventless/core/Checkpoint"
import {
  EventStore,
  EventStoreError,
  type EventStoreShape,
  type NewEvent,
  QueryNotIndexed
} from "@reventless/core/EventStore"
import { EventStores, logName, type StoreOptions } from "@reventless/core/EventStores"
import * as Extent from "@reventless/core/Extent"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as KeyedLocks from "@reventless/core/KeyedLocks"
import * as Query from "@reventless/core/Query"
import * as StoreRules from "@reventless/core/StoreRules"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Doorbells } from "./Doorbells.ts"
import { Dynamo } from "./Dynamo.ts"
import * as Appending from "./internal/appending.ts"
import type { Prepared } from "./internal/attempt.ts"
import { refuse } from "./internal/failure.ts"
import * as Heads from "./internal/heads.ts"
import * as Items from "./internal/items.ts"
import * as Partitions from "./internal/partitions.ts"
import * as Positions from "./internal/positions.ts"
import * as Reading from "./internal/reading.ts"
import * as Registry from "./internal/registry.ts"
import type { Table } from "./internal/tableReader.ts"
import * as Tokens from "./internal/tokens.ts"
import * as Vector from "./internal/vector.ts"

/** Where the events of a store are. */
export interface Options {
  /** The table. `DynamoTable.create` makes one. */
  readonly table: string
  /** What stands before every partition's name, for stores that share a table: the plugin's name, for example. */
  readonly keyPrefix?: string | undefined
  /** By what events are found; the table remembers it and refuses another one. Open when absent. */
  readonly plan?: IndexPlan.IndexPlan | undefined
  /** The shapes in which events are stored; see `EventStores`. */
  readonly shapes?: StoreOptions["shapes"]
  /** Of how many partitions the process remembers the head: 100,000 when absent. Each takes about 200 bytes. */
  readonly heads?: number | undefined
}

const fail = (reason: EventStoreError["reason"]) => Effect.fail(new EventStoreError({ reason }))

const covered = (detail: string | undefined) =>
  detail === undefined ? Effect.void : fail(new QueryNotIndexed({ detail }))

const noTotalOrder = "events of different entities have no order on DynamoDB; a lane by key, or without order, has"

/** How far a consumer has come in each partition. */
const versionsOf = (checkpoint: Checkpoint | undefined) => {
  const extent = checkpoint?.extent ?? Extent.nothing
  return extent._tag === "UpTo"
    ? Effect.fail(refuse("the checkpoint was made by a store with positions"))
    : Effect.succeed(extent._tag === "Nothing" ? {} : extent.versions)
}

/** The longest name of a partition that DynamoDB takes, in bytes, is 2 KiB; what stands before it counts. */
const maxName = 1024

/** What no table could hold, whatever its state. */
const prepare = Effect.fnUntraced(function*(
  plan: IndexPlan.IndexPlan,
  prefix: string,
  events: ReadonlyArray<NewEvent>
) {
  if (events.length === 0) return yield* refuse("an append needs at least one event")
  const prepared: Array<Prepared> = []
  for (const event of events) {
    const detail = StoreRules.invalidEvent(plan, event)
    if (detail !== undefined) return yield* refuse(detail)
    const encoded = yield* Effect.mapError(Effect.fromResult(Items.encodeEvent(event)), refuse)
    const partitions = Partitions.ofEvent(plan, event)
    const long = partitions.find((partition) => Items.byteLength(prefix + partition) > maxName)
    if (long !== undefined) return yield* refuse(`'${long.slice(0, 40)}...' is longer than ${maxName} bytes`)
    prepared.push({ event, encoded, partitions })
  }
  return prepared
})

/** Opens the store of a table. */
export const make = Effect.fnUntraced(function*(options: Options) {
  const { keyPrefix, plan = IndexPlan.open, shapes = [], table: name } = options
  const dynamo = yield* Dynamo
  const doorbells = yield* Doorbells
  const prefix = Items.prefixOf(keyPrefix)
  const place = { dynamo, name, prefix }
  const start = yield* Registry.register(place, plan)
  if (shapes.length > 0) yield* Registry.rememberShapes(place, shapes)
  const table: Table = {
    ...place,
    heads: Heads.make(options.heads ?? 100_000),
    positions: Positions.make(start)
  }
  const locks = KeyedLocks.make()

  // Unique among tables by its random part, in the table by the start, and in the process by the count.
  const writer = `${start.toString(36)}-${(yield* Random.nextIntBetween(0, 2 ** 48)).toString(36)}`
  let writes = 0
  const writeId = () => `${writer}-${(writes++).toString(36)}`

  const seenBy = Effect.fnUntraced(function*(boundary: Boundary.Boundary) {
    yield* covered(IndexPlan.uncovered(plan, boundary.query))
    const vector = yield* Vector.ofBoundary(boundary, Partitions.ofQuery(plan, boundary.query))
    return { query: boundary.query, vector } satisfies Appending.Seen
  })

  const read: EventStoreShape["read"] = (query, options) =>
    Stream.unwrap(Effect.gen(function*() {
      yield* covered(IndexPlan.uncovered(plan, query))
      const events = Reading.read(table, {
        partitions: Partitions.ofQuery(plan, query),
        query,
        seen: yield* versionsOf(options?.checkpoint)
      })
      return options?.limit === undefined ? events : Stream.take(events, options.limit)
    }))

  const readBoundary: EventStoreShape["readBoundary"] = Effect.fnUntraced(function*(query, options) {
    const since = options?.since ?? Boundary.absent(query)
    if (!Boundary.isOf(since, query)) return yield* refuse(StoreRules.otherQuery)
    const { vector } = yield* seenBy(since)
    const { copies, heads } = yield* Vector.readDelta(table, vector, vector.keys())
    return {
      events: copies.map(({ event }) => event).filter((event) => Query.matches(query, event)),
      boundary: { query, extent: Vector.extentOf(heads) }
    }
  })

  const intend = Effect.fnUntraced(function*(
    events: ReadonlyArray<NewEvent>,
    { boundary, commandId }: NonNullable<Parameters<EventStoreShape["append"]>[1]>
  ) {
    const prepared = yield* prepare(plan, prefix, events)
    const seen = boundary === undefined ? undefined : yield* seenBy(boundary)
    return { seen, intent: { events: prepared, reads: [...seen?.vector.keys() ?? []], commandId } }
  })

  /** Whoever gives a command id that can't be stored has not been given one by `append`. */
  const checkCommandId = (commandId: string | undefined) => {
    const detail = commandId === undefined ? undefined : StoreRules.malformed("the command id", commandId)
    if (detail !== undefined) return Effect.fail(refuse(detail))
    return commandId !== undefined && Items.byteLength(prefix + commandId) > maxName - 2
      ? Effect.fail(refuse(`the command id '${commandId.slice(0, 40)}...' is longer than ${maxName} bytes`))
      : Effect.void
  }

  const append: EventStoreShape["append"] = Effect.fnUntraced(function*(events, options = {}) {
    const { commandId } = options
    yield* checkCommandId(commandId)
    const request = yield* Effect.result(intend(events, options))
    if (Result.isFailure(request)) {
      // A command id that is remembered is answered whatever the events and the boundary are now.
      const first = commandId === undefined ? undefined : yield* Appending.remembered(table, commandId)
      return first ?? (yield* request.failure)
    }
    const { intent, seen } = request.success
    const partitions = [...intent.reads, ...intent.events.flatMap(({ partitions }) => partitions)]
    return yield* locks.withKeys(partitions)(Appending.append(table, intent, seen, writeId))
  })

  const confirm: EventStoreShape["confirm"] = Effect.fnUntraced(function*(boundary, options) {
    yield* checkCommandId(options?.commandId)
    return yield* Appending.confirm(table, yield* seenBy(boundary), options?.commandId)
  })

  const subscribe: EventStoreShape["subscribe"] = ({ checkpoint, lane }) =>
    Stream.unwrap(Effect.gen(function*() {
      yield* covered(IndexPlan.uncoveredLane(plan, lane))
      if (lane._tag === "Total") return yield* fail(new QueryNotIndexed({ detail: noTotalOrder }))
      return doorbells["~subscribe"](table, { lane, seen: yield* versionsOf(checkpoint) })
    }))

  const store: EventStoreShape = { read, readBoundary, append, confirm, subscribe, reached: Tokens.reached }
  return store
})

/** The store of a table as `EventStore`. */
export const layer = (options: Options): Layer.Layer<EventStore, EventStoreError, Doorbells | Dynamo> =>
  Layer.effect(EventStore, make(options))

/** Where the stores of a platform's plugins are. */
export interface StoresOptions {
  readonly of: (plugin: string) => { readonly table: string; readonly keyPrefix?: string | undefined }
}

/** A table for each plugin: `{prefix}{Plugin}DcbEventLog`. */
export const tablePerPlugin = (prefix = ""): StoresOptions => ({
  of: (plugin) => ({ table: prefix + logName(plugin) })
})

/** One table for all plugins. */
export const oneTable = (table: string): StoresOptions => ({ of: (plugin) => ({ table, keyPrefix: plugin }) })

/** The stores of a platform on DynamoDB. */
export const layerStores = (options: StoresOptions): Layer.Layer<EventStores, never, Doorbells | Dynamo> =>
  Layer.effect(
    EventStores,
    Effect.map(Effect.context<Doorbells | Dynamo>(), (context) => ({
      of: ({ name, plan, shapes }) =>
        make({ ...options.of(name), plan, shapes }).pipe(
          Effect.provideContext(context),
          Effect.map((store) => ({ positioned: false, store }) as const)
        )
    }))
  )
