import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as Boundary from "../Boundary.ts"
import type { ReceivedCommand } from "../CommandPipeline.ts"
import type { EventUndecodable } from "../Event.ts"
import type { Appended, EventStoreError, EventStoreShape, NewEvent, SequencedEvent } from "../EventStore.ts"
import * as Message from "../Message.ts"
import * as Principal from "../Principal.ts"
import * as Query from "../Query.ts"
import type { SnapshotStoreShape } from "../SnapshotStore.ts"
import type { CommandHandler } from "./commandHandler.ts"
import * as Lru from "./lru.ts"

/** A state, and the boundary that it is the state of; undefined when the decision is about nothing that is stored. */
export interface Known {
  readonly state: unknown
  readonly boundary: Boundary.Boundary | undefined
  /** How many events were folded since the last snapshot. */
  readonly sinceSnapshot: number
}

/** An event that a decision made. */
export interface MadeEvent {
  readonly event: { readonly _tag: string }
  readonly stored: NewEvent
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
    query: Query.Query | undefined,
    payload: unknown,
    known: Known,
    state: unknown,
    appended: Appended
  ) => Effect.Effect<void>
}

/** How many decision states are remembered unless the options say otherwise. */
const defaultCacheSize = 10_000

/** Runs the decision on a command and encodes the events that it makes. */
export const decide = Effect.fnUntraced(function*(command: ReceivedCommand, state: unknown) {
  const { handler, meta, payload } = command
  const principal = meta.principal ?? Principal.anonymous
  const span = yield* Effect.serviceOption(Tracer.ParentSpan)
  // The captured services are those of the platform's start; the span and the principal are this command's.
  const services = handler.services.pipe(
    Context.add(Principal.CurrentPrincipal, principal),
    Context.addOrOmit(Tracer.ParentSpan, span)
  )
  const events = yield* Effect.provideContext(
    Effect.suspend(() => handler.behavior.decide(payload, state, { meta, principal })),
    services
  )
  const time = yield* Clock.currentTimeMillis
  const traceparent = yield* Message.currentTraceparent
  const made: Array<MadeEvent> = []
  for (const event of events as ReadonlyArray<{ readonly _tag: string }>) {
    const definition = handler.produces.get(event._tag)
    if (definition === undefined) {
      return yield* Effect.die(new Error(`${handler.target} made '${event._tag}', which it doesn't declare to produce`))
    }
    made.push({
      event,
      stored: {
        type: event._tag,
        tags: definition.tags(event),
        data: yield* Effect.orDie(definition["~encode"](event)),
        meta: Message.derive(meta, {
          component: handler.target,
          target: event._tag,
          index: made.length,
          time,
          schemaVersion: definition.version,
          traceparent
        })
      }
    })
  }
  return made
})

/** The state after an event that a decision made, if the decision looks at such events. */
export const fold = (
  handler: CommandHandler,
  query: Query.Query | undefined,
  state: unknown,
  made: MadeEvent
): unknown =>
  query !== undefined && Query.matches(query, made.stored)
    ? handler.behavior.evolve[made.event._tag]!(state, made.event)
    : state

/** Makes the states of a plugin's decisions. */
export const make = (options: {
  readonly store: EventStoreShape
  readonly snapshots: SnapshotStoreShape
  readonly cacheSize?: number | undefined
}): DecisionStates => {
  const { snapshots, store } = options
  const cache = Lru.make<string, Known>(options.cacheSize ?? defaultCacheSize)
  const cacheKey = (handler: CommandHandler, query: Query.Query) => `${handler.component} ${Query.key(query)}`

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

  const catchUp: DecisionStates["catchUp"] = Effect.fnUntraced(function*(handler, query, known) {
    const { boundary, events } = yield* store.readBoundary(query, { since: known.boundary })
    const next: Known = {
      state: yield* foldStored(handler, known.state, events),
      boundary,
      sinceSnapshot: known.sinceSnapshot + events.length
    }
    cache.set(cacheKey(handler, query), next)
    return next
  })

  const fromSnapshot = Effect.fnUntraced(function*(handler: CommandHandler, payload: unknown) {
    const initial: Known = { state: handler.behavior.initial, boundary: undefined, sinceSnapshot: 0 }
    const { snapshots: kind } = handler
    if (kind === undefined) return initial
    const found = yield* snapshots.load(handler.component, handler.entityId(payload)!)
    if (found === undefined || found.version !== kind.version) return initial
    const decoded = yield* Effect.result(Effect.all({
      state: Schema.decodeUnknownEffect(Schema.toCodecJson(kind.state))(found.state),
      boundary: Schema.decodeUnknownEffect(Boundary.Boundary)(found.boundary)
    }))
    if (decoded._tag === "Success") return { ...decoded.success, sinceSnapshot: 0 }
    yield* Effect.logWarning(
      `A snapshot of ${handler.component} can't be decoded and is replaced by a replay`,
      decoded.failure
    )
    return initial
  })

  const load: DecisionStates["load"] = Effect.fnUntraced(function*(handler, query, payload) {
    if (query === undefined) return { state: handler.behavior.initial, boundary: undefined, sinceSnapshot: 0 }
    const cached = cache.get(cacheKey(handler, query))
    if (cached !== undefined) return cached
    return yield* catchUp(handler, query, yield* fromSnapshot(handler, payload))
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

  const advance: DecisionStates["advance"] = Effect.fnUntraced(
    function*(handler, query, payload, known, state, appended) {
      if (query === undefined || known.boundary === undefined) return
      const sinceSnapshot = known.sinceSnapshot + appended.events.length
      const due = handler.snapshots !== undefined && sinceSnapshot >= handler.snapshots.every
      const next: Known = {
        state,
        boundary: Boundary.after(known.boundary, appended.token),
        sinceSnapshot: due ? 0 : sinceSnapshot
      }
      cache.set(cacheKey(handler, query), next)
      if (due) {
        yield* Effect.catch(
          takeSnapshot(handler, payload, next),
          (error) =>
            Effect.logWarning(`A snapshot of ${handler.component} could not be taken; the next replay is longer`, error)
        )
      }
    }
  )

  return { load, catchUp, advance }
}
