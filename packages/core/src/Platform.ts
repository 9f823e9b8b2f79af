/**
 * Platforms: a Layer that runs plugins. It needs a provider's stores and gives the services that applications use: the
 * command bus, the query engine and the scheduler. The same plugins run on the memory layer, on SQLite and on AWS.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SemVer from "effect/SemVer"
import * as Access from "./Access.ts"
import { CommandBus } from "./CommandBus.ts"
import type { EventStoreError } from "./EventStore.ts"
import * as EventStoreMemory from "./EventStoreMemory.ts"
import { EventStores, TotalOrder } from "./EventStores.ts"
import { Inbound } from "./Inbound.ts"
import * as Bus from "./internal/commands/commandBus.ts"
import * as InboundTranslations from "./internal/inbound/inboundTranslations.ts"
import { type FedView, make as makeOperations } from "./internal/operations.ts"
import type { Host, PlatformPart, PlatformServices } from "./internal/platformPart.ts"
import * as Lifecycle from "./internal/registry/lifecycle.ts"
import * as ExtensionPoints from "./internal/talking/extensionPoints.ts"
import * as Extensions from "./internal/talking/extensions.ts"
import * as Tasks from "./internal/tasks/tasks.ts"
import * as TodoLists from "./internal/todo/todoLists.ts"
import * as Queries from "./internal/views/queryEngine.ts"
import * as ViewRunner from "./internal/views/viewRunner.ts"
import * as WallClock from "./internal/work/wallClock.ts"
import * as WorkRunner from "./internal/work/workRunner.ts"
import * as WorkScheduler from "./internal/work/workScheduler.ts"
import { Operations } from "./Operations.ts"
import { PlatformPlugin } from "./PlatformPlugin.ts"
import type { Plugin, ServicesOf } from "./Plugin.ts"
import * as PluginRuntime from "./PluginRuntime.ts"
import { QueryEngine } from "./QueryEngine.ts"
import { type Connection, Registry } from "./Registry.ts"
import { Scheduler } from "./Scheduler.ts"
import { SnapshotStores } from "./SnapshotStore.ts"
import * as SnapshotStoreMemory from "./SnapshotStoreMemory.ts"
import type * as View from "./View.ts"
import { type ViewStoreError, ViewStores } from "./ViewStore.ts"
import * as ViewStoreMemory from "./ViewStoreMemory.ts"
import { type WorkStoreError, WorkStores } from "./WorkStore.ts"
import * as WorkStoreMemory from "./WorkStoreMemory.ts"

/** What runs on this platform. The built-in plugin `Platform`, which keeps the registry, is not among it. */
export class Platform extends Context.Service<Platform, {
  readonly version: string
  readonly plugins: ReadonlyArray<Plugin<string, unknown>>
  /** The rule of commands and views that have none. */
  readonly defaultAccess: Access.Access
  /** The rule of `Operations` and of the `Registry`. */
  readonly operators: Access.Access
  readonly runtimes: ReadonlyArray<PluginRuntime.PluginRuntime>
  /** The queues of messages between plugins, each in the work store of the plugin that works on it. */
  readonly messages: ReadonlyArray<{ readonly plugin: string; readonly queue: string }>
  /** How each extension of these plugins stands with its extension point. Who asks is not checked. */
  readonly connections: Effect.Effect<
    ReadonlyArray<{ readonly plugin: string; readonly extensionPoint: string; readonly connection: Connection }>
  >
}>()("@reventless/core/Platform") {}

/** The plugins can't run together. */
export class InvalidPlatform extends Schema.TaggedError<InvalidPlatform>()("InvalidPlatform", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The platform can't start: ${this.detail}.`
  }
}

/** What a provider gives: the stores of every plugin. */
export type Provided = EventStores | ViewStores | SnapshotStores | WorkStores | TotalOrder

/** What a platform is made of. */
export interface Options<P extends Plugin<string, any>, External extends string> {
  /** The version of the application; see `PackageVersion.fromCwd`. */
  readonly version: string
  readonly plugins: ReadonlyArray<P>
  /** The extension points that plugins follow and that a platform elsewhere provides, which shares the stores. */
  readonly external?: ReadonlyArray<External>
  /** The access rule of commands and views that have none. Without it only the application itself may use them. */
  readonly defaultAccess?: Access.Access
  /** Who may use `Operations` and the `Registry`. Without it only the application itself. */
  readonly operators?: Access.Access
}

/** Refuses extensions of what nobody provides, with a sentence. */
export type AllProvided<P, External extends string> = string extends ListensOf<P> ? unknown
  : [Missing<P, External>] extends [never] ? unknown
  : {
    readonly [K in `extension point '${Missing<P, External>}' is provided by no plugin of this platform`]: never
  }

type Missing<P, External> = Exclude<ListensOf<P>, ProvidesOf<P> | External>
type ProvidesOf<P> = P extends { readonly "~Provides": (_: never) => infer Point extends string } ? Point : never
type ListensOf<P> = P extends { readonly "~Listens": (_: never) => infer Point extends string } ? Point : never

/** Why a platform can't start. */
export type StartError = InvalidPlatform | EventStoreError | ViewStoreError | WorkStoreError

/** How often a plugin may say that it is alive: timers don't last longer. */
const heartbeats = { shortest: Duration.seconds(1), longest: Duration.days(1) }

/** The gate of what runs while the platform does. */
const always = (run: Effect.Effect<never>): Effect.Effect<never> => run

/** The rule that lets nobody but the application itself pass. */
const applicationOnly: Access.Access = { _tag: "Groups", groups: [] }

const checkPlugins = (plugins: ReadonlyArray<Plugin<string, unknown>>): Effect.Effect<void, InvalidPlatform> => {
  const names = plugins.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  const refuse = (detail: string) => Effect.fail(new InvalidPlatform({ detail }))
  if (twice !== undefined) return refuse(`it has two plugins named '${twice}'`)
  if (names.includes(PlatformPlugin.name)) {
    return refuse(`no plugin may be named '${PlatformPlugin.name}': the built-in one is, which keeps the registry`)
  }
  for (const { heartbeatInterval, name, version } of plugins) {
    if (Result.isFailure(SemVer.parse(version))) {
      return refuse(`the version '${version}' of plugin '${name}' is no SemVer, such as '1.0.0'`)
    }
    if (!Duration.between(heartbeatInterval, { minimum: heartbeats.shortest, maximum: heartbeats.longest })) {
      return refuse(
        `the heartbeatInterval of plugin '${name}' is ${Duration.format(heartbeatInterval)}: make it between ` +
          `${Duration.format(heartbeats.shortest)} and ${Duration.format(heartbeats.longest)}`
      )
    }
  }
  return Effect.void
}

/**
 * Runs plugins: opens their stores, feeds their views in fibers of its own, and provides the services that applications
 * use. Everything stops with the layer's scope.
 *
 * @example
 * ```ts
 * import { CommandBus } from "@reventless/core/CommandBus"
 * import * as Platform from "@reventless/core/Platform"
 * import * as Plugin from "@reventless/core/Plugin"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 *
 * const Empty = Plugin.make("Empty", { version: "1.0.0" })
 * const Main = Platform.layer({ version: "1.0.0", plugins: [Empty] }).pipe(Layer.provide(Platform.layerMemory))
 * const program = Effect.provide(CommandBus, Main)
 * ```
 */
export const layer = <P extends Plugin<string, any>, const External extends string = never>(
  options: Options<P, External> & { readonly plugins: ReadonlyArray<P> & AllProvided<P, External> }
): Layer.Layer<
  Platform | CommandBus | QueryEngine | Scheduler | Operations | Registry | Inbound,
  StartError,
  EventStores | ViewStores | SnapshotStores | WorkStores | Exclude<ServicesOf<P>, PlatformServices>
> =>
  Layer.effectContext(Effect.gen(function*() {
    const plugins: ReadonlyArray<Plugin<string, Exclude<ServicesOf<P>, PlatformServices>>> = options.plugins
    const defaultAccess = options.defaultAccess ?? applicationOnly
    const operators = options.operators ?? applicationOnly
    yield* checkPlugins(plugins)
    const runtimes = yield* Effect.forEach(plugins, (plugin) => PluginRuntime.make(plugin, { defaultAccess }))
    const builtIn = yield* PluginRuntime.make(PlatformPlugin, { defaultAccess: operators })
    const views = new Map<View.Spec, Queries.RunningView>()
    const feedViews = Effect.fnUntraced(function*(runtime: PluginRuntime.PluginRuntime, access: Access.Access) {
      const { plugin, rows } = runtime
      const fed: Array<FedView> = []
      for (const behavior of plugin.views) {
        const { spec } = behavior.definition
        yield* rows.open(spec.name, spec.fingerprint)
        const runner = ViewRunner.make(runtime, behavior)
        const name = `${plugin.name}.${spec.name}`
        views.set(spec, { name, spec, access: spec.access ?? access, rows, progress: runner.progress })
        fed.push({ name, runtime, behavior, runner })
        yield* Effect.forkScoped(runner.run)
      }
      return fed
    })
    const fed = (yield* Effect.forEach(runtimes, (runtime) => feedViews(runtime, defaultAccess))).flat()
    const registryViews = yield* feedViews(builtIn, operators)
    const bus = Bus.make(runtimes)
    const queries = Queries.make(views)
    const { scheduler, worker } = WorkScheduler.make(bus, builtIn.work, plugins.map(({ name }) => name))
    const clockSet = yield* WallClock.watch
    const { lifecycle, registry, worker: switches } = yield* Lifecycle.make({ plugins, builtIn, queries, clockSet })
    const services = Context.make(CommandBus, bus as CommandBus["Service"]).pipe(
      Context.add(QueryEngine, queries),
      Context.add(Scheduler, scheduler)
    )
    const queues: Array<(typeof bus.queues)[number] & Pick<PlatformPart, "gate">> = [
      ...bus.queues,
      ...[worker, switches].map((own) => ({ plugin: PlatformPlugin.name, store: builtIn.work, worker: own }))
    ]
    const host: Host = { bus, services, lifecycle }
    const inbound: Array<InboundTranslations.InboundSlice> = []
    const messages: Array<{ readonly plugin: string; readonly queue: string }> = []
    for (const runtime of runtimes) {
      const { part: received, slices } = yield* Effect.mapError(
        InboundTranslations.make(runtime, host),
        (detail) => new InvalidPlatform({ detail })
      )
      inbound.push(...slices)
      const talking = [...(yield* ExtensionPoints.make(runtime, host)), ...(yield* Extensions.make(runtime, host))]
      messages.push(
        ...talking.flatMap(({ workers }) => workers.map(({ queue }) => ({ plugin: runtime.plugin.name, queue })))
      )
      for (const part of [TodoLists.make(runtime, host), received, Tasks.make(runtime, host), ...talking]) {
        for (const { behavior } of part.fed) {
          const { spec } = behavior.definition
          yield* runtime.rows.open(spec.name, spec.fingerprint)
        }
        fed.push(...part.fed)
        const { gate = always } = part
        queues.push(
          ...part.workers.map((worker) => ({ plugin: runtime.plugin.name, store: runtime.work, worker, gate }))
        )
        for (const fiber of [...part.fed.map(({ runner }) => runner.run), ...part.fibers]) {
          yield* Effect.forkScoped(gate(fiber))
        }
      }
    }
    for (const { gate = always, store, worker } of queues) {
      yield* Effect.forkScoped(gate(WorkRunner.keepRunning(store, worker, clockSet)))
    }
    const total = yield* Effect.serviceOption(TotalOrder)
    const followed = plugins.flatMap(({ extensions, name }) =>
      extensions.map(({ point }) => ({ plugin: name, extensionPoint: point.tag }))
    )
    const connections = Effect.forEach(followed, (one) =>
      Effect.map(
        lifecycle.connection(one.plugin, one.extensionPoint),
        (connection) => ({ ...one, connection })
      ))
    return Context.make(Platform, {
      version: options.version,
      plugins,
      defaultAccess,
      operators,
      runtimes,
      messages,
      connections
    }).pipe(
      Context.merge(services),
      Context.add(Inbound, InboundTranslations.doorOf(inbound)),
      Context.add(Registry, registry),
      Context.add(
        Operations,
        makeOperations({
          plugins: [...plugins, PlatformPlugin].map(({ name }) => name),
          views: [...fed, ...registryViews],
          queues: queues.map(({ plugin, store, worker: { isQuiet = false, queue, remembersCancelled = false } }) => ({
            plugin,
            store,
            queue,
            remembersCancelled,
            isQuiet
          })),
          inbound,
          registry,
          operators,
          total
        })
      )
    )
  }))

/** A provider in memory: for tests, tools and prototypes. Everything is lost when the process ends. */
export const layerMemory: Layer.Layer<Provided> = Layer.mergeAll(
  EventStoreMemory.layerStores,
  ViewStoreMemory.layerStores,
  SnapshotStoreMemory.layerStores,
  WorkStoreMemory.layerStores
)
