/**
 * A whole platform in memory for tests: the real pipelines, views that follow the log, the scheduler. It runs by the
 * clock of the test, so under `it.effect` nothing happens later unless the test moves the clock.
 *
 * What has no order in production has none here. Deliveries to views are shuffled, each lane keeping its own order, and
 * views lag a little: a query sees a command's rows once it waits for the command's token, or after {@link settled}. All
 * of it follows from a seed, which is printed when the test fails; `REVENTLESS_SEED` repeats it.
 *
 * Plugins say once a day of virtual time that they are alive, whatever their `heartbeatInterval`.
 */
import type * as Access from "@reventless/core/Access"
import type { CommandBus } from "@reventless/core/CommandBus"
import type { EventUndecodable } from "@reventless/core/Event"
import type { Batch, EventStoreError } from "@reventless/core/EventStore"
import type { TotalOrder } from "@reventless/core/EventStores"
import type { Inbound } from "@reventless/core/Inbound"
import * as Lane from "@reventless/core/Lane"
import type { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import type * as Plugin from "@reventless/core/Plugin"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine, type QueryError } from "@reventless/core/QueryEngine"
import * as ReactionPipeline from "@reventless/core/ReactionPipeline"
import { type Registry, ShortestPause } from "@reventless/core/Registry"
import { Scheduler } from "@reventless/core/Scheduler"
import type * as View from "@reventless/core/View"
import type { ViewStoreError } from "@reventless/core/ViewStore"
import type { WorkStoreError } from "@reventless/core/WorkStore"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { noticedTasks, queues } from "./internal/noticedTasks.ts"
import { shuffleLanes } from "./internal/shuffleLanes.ts"
import { talked } from "./internal/talked.ts"
import { tellFailures } from "./internal/tellFailures.ts"

/** The test platform. */
export class TestPlatform extends Context.Service<TestPlatform, {
  /** What deliveries are shuffled by. */
  readonly seed: number
}>()("@reventless/testing/TestPlatform") {}

/** What a test platform is made of. */
export interface Options<P extends Plugin.Plugin<string, any>, External extends string = never> {
  readonly plugins: ReadonlyArray<P>
  /** The extension points that plugins follow and that nobody provides in this test. */
  readonly external?: ReadonlyArray<External>
  /** A whole number; `REVENTLESS_SEED` wins. A new one for each run when there is neither. */
  readonly seed?: number | undefined
  /** The access rule of commands and views that have none. Without it only the application itself may use them. */
  readonly defaultAccess?: Access.Access | undefined
}

/** What a test may use. */
export type Provided =
  | TestPlatform
  | Platform.Platform
  | CommandBus
  | QueryEngine
  | Scheduler
  | Operations
  | Registry
  | Inbound

/**
 * Runs plugins in memory. Provide it inside the test, so that each test has a platform of its own.
 *
 * @example
 * ```ts
 * import * as Plugin from "@reventless/core/Plugin"
 * import * as TestPlatform from "@reventless/testing/TestPlatform"
 * import * as Effect from "effect/Effect"
 *
 * const Empty = Plugin.make("Empty", { version: "1.0.0" })
 *
 * const test = Effect.gen(function*() {
 *   yield* TestPlatform.settled
 *   return yield* TestPlatform.events(Empty)
 * }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Empty] })))
 * ```
 */
export const layer = <P extends Plugin.Plugin<string, any>, const External extends string = never>(
  options: Options<P, External> & { readonly plugins: ReadonlyArray<P> & Platform.AllProvided<P, External> }
): Layer.Layer<
  Provided,
  Platform.StartError | Config.ConfigError,
  Exclude<Plugin.ServicesOf<P>, TotalOrder | CommandBus | QueryEngine | Scheduler>
> =>
  Layer.unwrap(Effect.map(seedOf(options.seed), (seed) => {
    const { defaultAccess } = options
    const plugins: ReadonlyArray<Plugin.Plugin<string, Plugin.ServicesOf<P>>> = options.plugins
    const platform = Platform.layer({
      version: "0.0.0-test",
      plugins,
      ...(defaultAccess === undefined ? {} : { defaultAccess })
    })
    const provided = Layer.mergeAll(
      Layer.fresh(Platform.layerMemory),
      deliveryOrder(seed),
      // The process of a test can't be lost: what its heartbeats cost would be all that a day of virtual time costs.
      Layer.succeed(ShortestPause, Duration.days(1))
    )
    return Layer.mergeAll(Layer.provide(platform, provided), reported(seed)) as Layer.Layer<
      Provided,
      Platform.StartError,
      Exclude<Plugin.ServicesOf<P>, TotalOrder | CommandBus | QueryEngine | Scheduler>
    >
  }))

/** The application itself may ask for all work. */
const outOfPlace = { AccessDenied: Effect.die, InvalidQuery: Effect.die } as const

/**
 * Waits until everything is done that the test has caused: schedules that are due have fired, commands that were taken
 * have been decided, inputs that were accepted have been translated, items of todo lists that are due have been worked on, tasks have run that are due or whose objects
 * came or went, messages between plugins have been delivered, and every view and todo list has come to the end of its
 * plugin's log. Directives are fired and forgotten: nobody waits for them. Nothing sleeps, so it works with a clock that
 * stands still; a program that waits for the clock itself holds it up.
 *
 * What failed is left: it is tried again at a later instant, so once the test moves the clock, or it is parked. A warning
 * lists up to 10 such items with their reasons, each time, on the console of the test runner.
 */
export const settled: Effect.Effect<
  void,
  QueryError | EventStoreError | ViewStoreError | WorkStoreError,
  Platform.Platform | QueryEngine | Scheduler | Operations
> = Effect.gen(function*() {
  const { runtimes } = yield* Platform.Platform
  let before: ReadonlyArray<unknown> | undefined
  while (true) {
    yield* firedSchedules
    yield* Effect.forEach(runtimes, (runtime) => idle(runtime.work, "commands"))
    yield* Effect.forEach(runtimes, workedTodoLists)
    yield* Effect.forEach(runtimes, ranTasks)
    yield* Effect.forEach(runtimes, translatedInputs)
    const lists = yield* Effect.catchTags(talked(runtimes, idle), outOfPlace)
    const ends = yield* Effect.forEach(runtimes, (runtime) => Effect.map(batches(runtime), endOf))
    const now = [...ends, ...lists]
    if (Equal.equals(before, now)) return yield* Effect.catchTags(tellFailures, outOfPlace)
    yield* Effect.forEach(
      runtimes,
      ({ plugin }, index) => Effect.forEach(plugin.views, ({ definition }) => caughtUp(definition, ends[index]!))
    )
    before = now
  }
})

/** The events that a plugin has stored, in commit order. */
export const events = (
  plugin: Plugin.Plugin<string, any>
): Effect.Effect<
  ReadonlyArray<{ readonly _tag: string }>,
  EventStoreError | EventUndecodable,
  Platform.Platform
> =>
  Effect.gen(function*() {
    const { runtimes } = yield* Platform.Platform
    const runtime = runtimes.find((running) => running.plugin === plugin)
    if (runtime === undefined) return yield* Effect.die(new Error(`'${plugin.name}' is no plugin of this platform`))
    const stored = (yield* batches(runtime)).flatMap((batch) => batch.events)
    return yield* Effect.forEach(stored, ({ data, meta, type }) =>
      plugin.events.get(type)!["~decode"](meta.schemaVersion, data))
  })

const seedOf = Effect.fnUntraced(function*(given: number | undefined) {
  const fromEnvironment = yield* Config.option(Config.Int("REVENTLESS_SEED"))
  return Option.isSome(fromEnvironment)
    ? fromEnvironment.value
    : given ?? (yield* Random.nextIntBetween(1, 1_000_000))
})

/** How many turns a view lags behind at most. */
const maxLag = 16

const deliveryOrder = (seed: number): Layer.Layer<never> =>
  Layer.effect(
    ReactionPipeline.DeliveryOrder,
    Effect.map(Random.withSeed(Effect.service(Random.Random), seed), (random) => (deliveries) =>
      Random.nextIntBetween(0, maxLag).pipe(
        Effect.flatMap((times) =>
          Effect.repeat(Effect.yieldNow, { times })
        ),
        Effect.andThen(shuffleLanes(deliveries)),
        Effect.provideService(Random.Random, random)
      ))
  )

/** Prints the seed when what runs on the platform fails; on the real console, since tests may have another. */
const reported = (seed: number): Layer.Layer<TestPlatform> =>
  Layer.effect(
    TestPlatform,
    Effect.as(
      Effect.addFinalizer((exit) =>
        Exit.isSuccess(exit) ? Effect.void : Effect.provideService(
          Console.error(`The test platform ran with REVENTLESS_SEED=${seed}`),
          Console.Console,
          Console.Console.defaultValue()
        )
      ),
      { seed }
    )
  )

/** Everything a plugin has stored. */
const batches = ({ events, plugin }: PluginRuntime): Effect.Effect<ReadonlyArray<Batch>, EventStoreError> =>
  Stream.runCollect(
    Stream.takeUntil(events.subscribe({ lane: Lane.unordered([...plugin.events.keys()]) }), (batch) => batch.caughtUp)
  )

const endOf = (all: ReadonlyArray<Batch>) => all.at(-1)!.checkpoint.extent

const firedSchedules = Effect.gen(function*() {
  const scheduler = yield* Scheduler
  while (true) {
    const now = yield* Clock.currentTimeMillis
    if ((yield* scheduler.list).every(({ next = Infinity }) => next > now)) return
    yield* Effect.yieldNow
  }
})

/** Waits until nothing of a queue is being worked on, or could be. */
const idle = Effect.fnUntraced(function*(work: PluginRuntime["work"], queue: string) {
  while (true) {
    const now = yield* Clock.currentTimeMillis
    const running = yield* work.list(queue, { state: "Leased", limit: 1 })
    const next = running.length > 0 ? now : yield* work.next(queue)
    if (next === undefined || next > now) return
    yield* Effect.yieldNow
  }
})

/** Waits until no input that was accepted could be translated. */
const translatedInputs = ({ plugin, work }: PluginRuntime) =>
  Effect.forEach(plugin.inboundTranslations, ({ name }) => idle(work, `inbound.${name}`))

/** Waits until every task has run that is due, or whose object came or went. */
const ranTasks = Effect.fnUntraced(function*(runtime: PluginRuntime) {
  if (runtime.plugin.tasks.length === 0) return
  yield* Effect.catchTag(noticedTasks(runtime), "ObjectStoreError", Effect.die)
  yield* Effect.forEach(queues, (queue) => idle(runtime.work, queue))
})

/** Waits until every todo list has collected all there is, and nothing of it could be worked on. */
const workedTodoLists = Effect.fnUntraced(function*({ events, plugin, rows, work }: PluginRuntime) {
  for (const { list, name } of plugin.todoLists) {
    while (true) {
      const active = yield* rows.active(name)
      const rest = yield* Stream.runCollect(
        Stream.takeUntil(
          events.subscribe({ lane: list.lane, checkpoint: active?.checkpoint }),
          (batch) => batch.events.length > 0 || batch.caughtUp
        )
      )
      if (active !== undefined && rest.every((batch) => batch.events.length === 0)) break
      yield* Effect.yieldNow
    }
    yield* idle(work, name)
  }
})

/** Waits for one view. One that nobody may query is nobody's to wait for. */
const caughtUp = Effect.fnUntraced(function*(view: View.Any, extent: ReturnType<typeof endOf>) {
  const queries = yield* QueryEngine
  yield* queries.list(view as View.View<{}, unknown, boolean>, { after: { extent }, limit: 1 }).pipe(
    Effect.provideService(Principal.CurrentPrincipal, Principal.system),
    Effect.catchTag("AccessDenied", () => Effect.void)
  )
})
