import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Access from "../Access.ts"
import type { EventStoreError, PositionedEventStoreShape, SequencedEvent } from "../EventStore.ts"
import type { TotalOrder } from "../EventStores.ts"
import * as IndexPlan from "../IndexPlan.ts"
import type { EventFilter, OperationError, Operations, RebuildProgress, ViewStatus } from "../Operations.ts"
import type { Plugin } from "../Plugin.ts"
import type { PluginRuntime } from "../PluginRuntime.ts"
import * as Principal from "../Principal.ts"
import * as Query from "../Query.ts"
import { InvalidQuery, UnknownView } from "../QueryEngine.ts"
import * as ReactionPipeline from "../ReactionPipeline.ts"
import type { Registry } from "../Registry.ts"
import { type GenerationState, ViewStoreError } from "../ViewStore.ts"
import * as InboundOperations from "./inbound/inboundOperations.ts"
import type { InboundSlice } from "./inbound/inboundTranslations.ts"
import { modelOf } from "./model/modelOf.ts"
import { principalName } from "./registry/principalName.ts"
import type { FedBehavior } from "./todo/collector.ts"
import { parkedPage } from "./views/parkedPage.ts"
import type { ViewRunner } from "./views/viewRunner.ts"
import * as WorkOperations from "./work/workOperations.ts"

/** A view that is fed on this platform. */
export interface FedView {
  /** The view with its plugin: `Catalog.Products`. */
  readonly name: string
  readonly runtime: PluginRuntime
  readonly behavior: FedBehavior
  readonly runner: ViewRunner
}

const defaultLimit = 100
const maxLimit = 1000

/** How many a page may have at most. */
const limitOf = (
  asked: string,
  { limit = defaultLimit }: { readonly limit?: number | undefined }
): Effect.Effect<number, InvalidQuery> =>
  Number.isInteger(limit) && limit >= 1 && limit <= maxLimit
    ? Effect.succeed(limit)
    : Effect.fail(
      new InvalidQuery({ view: asked, detail: `'limit' must be between 1 and ${maxLimit}`, field: "limit" })
    )

/** How much of what the running generation has seen the one that is built has seen. */
const fractionOf = (building: GenerationState, active: GenerationState): number | undefined => {
  const built = building.checkpoint.extent
  const whole = active.checkpoint.extent
  if (whole._tag !== "UpTo" || whole.position === 0 || built._tag === "Versions") return undefined
  return Math.min(1, (built._tag === "Nothing" ? 0 : built.position) / whole.position)
}

/** Makes the operations of a platform. */
export const make = (options: {
  /** The application's own plugins. */
  readonly plugins: ReadonlyArray<Plugin<string, unknown>>
  /** The built-in one. */
  readonly builtIn: string
  readonly version: string
  readonly views: ReadonlyArray<FedView>
  readonly queues: ReadonlyArray<WorkOperations.Queue>
  readonly inbound: ReadonlyArray<InboundSlice>
  readonly registry: Registry["Service"]
  readonly operators: Access.Access
  readonly total: Option.Option<TotalOrder["Service"]>
}): Operations["Service"] => {
  const own = options.plugins.map(({ name }) => name)
  const logs = [...own, options.builtIn]

  const authorize = Effect.gen(function*() {
    const principal = yield* Principal.CurrentPrincipal
    if (Access.allows(options.operators, principal, undefined)) return principal
    return yield* new Access.AccessDenied({ target: "operations", anonymous: principal._tag === "Anonymous" })
  })

  /** Why a plugin can't be asked here: nobody knows it, or another process runs it. */
  const absent = Effect.fnUntraced(function*(plugin: string, here: ReadonlyArray<string>) {
    const registered = yield* Effect.orElseSucceed(options.registry.plugins, () => [])
    return registered.some((one) => one.plugin === plugin)
      ? `${plugin} doesn't run in this process, which has ${here.join(", ")}: ask the one that runs it`
      : `there is no such plugin; there are ${here.join(", ")}`
  })

  const find = Effect.fnUntraced(function*(name: string) {
    yield* authorize
    const found = options.views.find((view) => view.name === name)
    return found ?? (yield* new UnknownView({ view: name, known: options.views.map((view) => view.name) }))
  })

  const activeOf = Effect.fnUntraced(function*({ name, runtime, behavior }: FedView) {
    const active = yield* runtime.rows.active(behavior.name)
    return active ?? (yield* new ViewStoreError({ detail: `'${name}' was never opened`, isRetryable: true }))
  })

  const buildingOf = Effect.fnUntraced(function*({ behavior, name, runtime }: FedView, active: GenerationState) {
    const generations = yield* runtime.rows.open(behavior.name, behavior.definition.spec.fingerprint)
    const building = generations.find((generation) => !generation.active)
    return building === undefined ? undefined : progressOf(name, building, active)
  })

  const progressOf = (view: string, building: GenerationState, active: GenerationState): RebuildProgress => ({
    view,
    generation: building.generation,
    fraction: fractionOf(building, active),
    done: false
  })

  /** How long the first event that is not applied yet has been waiting. */
  const lagOf = Effect.fnUntraced(function*({ behavior, runtime }: FedView, { checkpoint }: GenerationState) {
    const { lane } = behavior.definition.spec
    const first = yield* Stream.runHead(Stream.take(runtime.events.subscribe({ lane, checkpoint }), 1))
    const event = Option.getOrUndefined(first)?.events[0]
    return event === undefined ? 0 : Math.max(1, (yield* Clock.currentTimeMillis) - event.meta.time)
  })

  const statusIn = Effect.fnUntraced(function*(view: FedView, active: GenerationState) {
    const result: ViewStatus = {
      view: view.name,
      generation: active.generation,
      lagMillis: yield* lagOf(view, active),
      blocked: yield* view.runtime.rows.blocked(view.behavior.name, active.generation),
      rebuild: yield* buildingOf(view, active)
    }
    return result
  })

  /** A view's status; looked up once more when another generation took the active one's place meanwhile. */
  const status = Effect.fnUntraced(function*(view: FedView) {
    const active = yield* activeOf(view)
    return yield* Effect.catch(statusIn(view, active), (error) =>
      Effect.flatMap(
        activeOf(view),
        (now) => now.generation === active.generation ? Effect.fail(error) : statusIn(view, now)
      ))
  })

  /** The reaction pipeline of the generation that queries see. */
  const pipelineOf = Effect.fnUntraced(function*(view: FedView) {
    const { generation } = yield* activeOf(view)
    return ReactionPipeline.of(view.runtime, view.behavior, generation)
  })

  const replay = Effect.fn("Operations.replay")(function*(name: string, lane: string) {
    const pipeline = yield* pipelineOf(yield* find(name))
    return yield* pipeline.replay(lane)
  })

  const skip = Effect.fn("Operations.skip")(function*(name: string, lane: string, why: string, position?: number) {
    const pipeline = yield* pipelineOf(yield* find(name))
    const skipped = yield* pipeline.skip(lane, principalName(yield* authorize), why, position)
    return skipped ? Option.some(yield* pipeline.replay(lane)) : Option.none()
  })

  const rebuild = (name: string): Stream.Stream<RebuildProgress, OperationError> =>
    Stream.unwrap(Effect.gen(function*() {
      const view = yield* find(name)
      const { rows } = view.runtime
      const built = yield* view.runner.rebuild
      return Stream.unfold(
        { wait: Effect.void as Effect.Effect<void>, done: false },
        Effect.fnUntraced(function*(state) {
          if (state.done) return undefined
          yield* state.wait
          const wait = yield* rows.changed
          const active = yield* activeOf(view)
          if (active.generation === built.generation) {
            const last: RebuildProgress = { view: name, generation: built.generation, fraction: 1, done: true }
            return [last, { wait, done: true }] as const
          }
          const building = yield* rows.state(view.behavior.name, built.generation)
          if (building === undefined) {
            return yield* new ViewStoreError({ detail: `another rebuild of '${name}' has begun`, isRetryable: false })
          }
          return [progressOf(name, building, active), { wait, done: false }] as const
        })
      )
    }))

  const events = Effect.fn("Operations.events")(function*(plugin: string, filter: EventFilter) {
    yield* authorize
    const log = `the log of ${plugin}`
    const refuse = (detail: string, field: string) => new InvalidQuery({ view: log, detail, field })
    const limit = yield* limitOf(log, filter)
    if (Option.isNone(options.total)) return yield* refuse("this platform's store has no one order of events", "from")
    const { of } = options.total.value
    if (!logs.includes(plugin)) return yield* refuse(yield* absent(plugin, logs), "plugin")
    const store = yield* of({ name: plugin, plan: IndexPlan.open })
    const found = yield* Stream.runCollect(Stream.take(select(store, filter), limit + 1))
    return {
      events: found.slice(0, limit),
      next: Option.fromNullishOr(found[limit]?.position)
    }
  }, Effect.scoped)

  const model = Effect.fn("Operations.model")(function*(asked: ReadonlyArray<string> = own) {
    yield* authorize
    const unknown = asked.find((name) => !own.includes(name))
    if (unknown !== undefined) {
      return yield* new InvalidQuery({ view: "the model", detail: yield* absent(unknown, own), field: "plugin" })
    }
    const plugins = options.plugins.filter(({ name }) => asked.includes(name))
    return { version: options.version, plugins: plugins.map(modelOf) }
  })

  return {
    views: Effect.andThen(authorize, Effect.forEach(options.views, status)),
    parked: Effect.fnUntraced(function*(name, filter = {}) {
      const view = yield* find(name)
      const limit = yield* limitOf(name, filter)
      const { generation } = yield* activeOf(view)
      return yield* parkedPage({ store: view.runtime.rows, view: view.behavior.name, generation, name }, filter, limit)
    }),
    replay,
    skip,
    skipped: (name) => Effect.flatMap(find(name), ({ behavior, runtime }) => runtime.rows.skipped(behavior.name)),
    rebuild,
    model,
    events,
    ...options.registry,
    ...InboundOperations.make({ slices: options.inbound, operator: Effect.map(authorize, principalName), limitOf }),
    ...WorkOperations.make({
      queues: options.queues,
      operator: Effect.map(authorize, principalName),
      limitOf,
      absent
    })
  }
}

/** The events that a filter lets pass, in the order asked for. */
const select = (
  store: PositionedEventStoreShape,
  { backwards, from, since, tags = [], types = [], until }: EventFilter
): Stream.Stream<SequencedEvent, EventStoreError> => {
  const item: Query.QueryItem = {
    ...(types.length === 0 ? {} : { types }),
    ...(tags.length === 0 ? {} : { tags })
  }
  const query = types.length + tags.length === 0 ? Query.all : Query.make(item)
  return Stream.filterMap(
    store.read(query, { from, backwards }),
    (event) =>
      event.meta.time >= (since ?? -Infinity) && event.meta.time < (until ?? Infinity)
        ? Result.succeed(event)
        : Result.fail(event)
  )
}
