import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Boundary from "../../Boundary.ts"
import type { EventUndecodable } from "../../Event.ts"
import type { Appended, EventStoreError, EventStoreShape, SequencedEvent } from "../../EventStore.ts"
import * as Query from "../../Query.ts"
import type { SnapshotStoreShape } from "../../SnapshotStore.ts"
import * as Lru from "../lru.ts"
import type { CommandHandler } from "./commandHandler.ts"

/** A state, and the boundary that it is the state of; undefined when the decision is about nothing that is stored. */
export interface Known {
  readonly state: unknown
  readonly boundary: Boundary.Boundary | undefined
  /** Where it is remembered; undefined when it isn't. */
  readonly key: string | undefined
  /** How many events were folded since the last snapshot. */
  readonly sinceSnapshot: number
}

/** Where decision states come from: a bounded cache, snapshots, and the log. */
export interface DecisionStates {
  /** The state of a command's boundary, from the cache without asking the store when it is there. */
  readonly load: (
    handler: CommandHandler,
    query: Query.Query | undefined,
    payload: unknown
  ) => Effect.Effect<Known, EventStoreError | EventUndecodable>
  /** Folds what was added since. */
  readonly catchUp: (
    handler: CommandHandler,
    query: Query.Query,
    known: Known
  ) => Effect.Effect<Known, EventStoreError | EventUndecodable>
  /** Remembers the state after an append, and takes a snapshot when one is due. */
  readonly advance: (
    handler: CommandHandler,
    payload: unknown,
    known: Known,
    state: unknown,
    appended: Appended
  ) => Effect.Effect<void>
}

/** How many decision states are remembered unless the options say otherwise. */
const defaultCacheSize = 10_000

/** Makes the states of a plugin's decisions. */
export const make = (options: {
  readonly store: EventStoreShape
  readonly snapshots: SnapshotStoreShape
  readonly cacheSize?: number | undefined
}): DecisionStates => {
  const { snapshots, store } = options
  const cache = Lru.make<string, Known>(options.cacheSize ?? defaultCacheSize)

  const foldStored = Effect.fnUntraced(
    function*(handler: CommandHandler, initial: unknown, events: ReadonlyArray<SequencedEvent>) {
      let state = initial
      for (const { data, meta, type } of events) {
        const definition = handler.consumes.get(type)
        if (definition === undefined) continue
        state = handler.behavior.evolve[type]!(state, yield* definition["~decode"](meta.schemaVersion, data))
      }
      return state
    }
  )

  const remember = (known: Known) => {
    if (known.key !== undefined) cache.set(known.key, known)
  }

  const catchUp: DecisionStates["catchUp"] = Effect.fnUntraced(function*(handler, query, known) {
    const { boundary, events } = yield* store.readBoundary(query, { since: known.boundary })
    const next: Known = {
      state: events.length === 0 ? known.state : yield* foldStored(handler, known.state, events),
      boundary,
      key: known.key,
      sinceSnapshot: known.sinceSnapshot + events.length
    }
    remember(next)
    return next
  })

  const unseen = (handler: CommandHandler, key: string | undefined): Known => ({
    state: handler.behavior.initial,
    boundary: undefined,
    key,
    sinceSnapshot: 0
  })

  const fromSnapshot = Effect.fnUntraced(function*(handler: CommandHandler, payload: unknown, key: string) {
    const initial = unseen(handler, key)
    const { snapshots: kind } = handler
    if (kind === undefined) return initial
    const found = yield* snapshots.load(handler.component, handler.entityId(payload)!)
    if (found === undefined || found.version !== kind.version) return initial
    const decoded = yield* Effect.result(Effect.all({
      state: Schema.decodeUnknownEffect(Schema.toCodecJson(kind.state))(found.state),
      boundary: Schema.decodeUnknownEffect(Boundary.Boundary)(found.boundary)
    }))
    if (decoded._tag === "Success") return { ...decoded.success, key, sinceSnapshot: 0 }
    yield* Effect.logWarning(
      `A snapshot of ${handler.component} can't be decoded and is replaced by a replay`,
      decoded.failure
    )
    return initial
  })

  const load: DecisionStates["load"] = (handler, query, payload) =>
    Effect.suspend(() => {
      if (query === undefined) return Effect.succeed(unseen(handler, undefined))
      const key = `${handler.component} ${Query.key(query)}`
      const cached = cache.get(key)
      if (cached !== undefined) return Effect.succeed(cached)
      return Effect.flatMap(fromSnapshot(handler, payload, key), (known) => catchUp(handler, query, known))
    })

  const takeSnapshot = Effect.fnUntraced(function*(handler: CommandHandler, payload: unknown, known: Known) {
    const { snapshots: kind } = handler
    const snapshot = {
      version: kind!.version,
      state: yield* Schema.encodeUnknownEffect(Schema.toCodecJson(kind!.state))(known.state) as Effect.Effect<
        Schema.Json,
        Schema.SchemaError
      >,
      boundary: yield* Schema.encodeEffect(Boundary.Boundary)(known.boundary!)
    }
    yield* snapshots.save(handler.component, handler.entityId(payload)!, snapshot)
  })

  const advance: DecisionStates["advance"] = (handler, payload, known, state, appended) => {
    if (known.boundary === undefined) return Effect.void
    const sinceSnapshot = known.sinceSnapshot + appended.events.length
    const due = handler.snapshots !== undefined && sinceSnapshot >= handler.snapshots.every
    const next: Known = {
      state,
      boundary: Boundary.after(known.boundary, appended.token),
      key: known.key,
      sinceSnapshot: due ? 0 : sinceSnapshot
    }
    remember(next)
    return due
      ? Effect.catch(
        takeSnapshot(handler, payload, next),
        (error) =>
          Effect.logWarning(`A snapshot of ${handler.component} could not be taken; the next replay is longer`, error)
      )
      : Effect.void
  }

  return { load, catchUp, advance }
}
