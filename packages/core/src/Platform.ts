/**
 * Platforms: a Layer that runs plugins. It needs a provider's stores and gives the services that applications use: the
 * command bus, the query engine and the scheduler. The same plugins run on the memory layer, on SQLite and on AWS.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "./Access.ts"
import { CommandBus } from "./CommandBus.ts"
import type { EventStoreError } from "./EventStore.ts"
import * as EventStoreMemory from "./EventStoreMemory.ts"
import { EventStores, TotalOrder } from "./EventStores.ts"
import { Inbound } from "./Inbound.ts"
import * as Bus from "./internal/commands/commandBus.ts"
import * as InboundTranslations from "./internal/inbound/inboundTranslations.ts"
import { make as makeOperations } from "./internal/operations.ts"
import { always, type DrivenQueue, type PlatformServices } from "./internal/platformPart.ts"
import * as PlatformRules from "./internal/platformRules.ts"
import * as PluginParts from "./internal/pluginParts.ts"
import * as Lifecycle from "./internal/registry/lifecycle.ts"
import * as Queries from "./internal/views/queryEngine.ts"
import * as RunningViews from "./internal/views/runningViews.ts"
import * as WallClock from "./internal/work/wallClock.ts"
import * as WorkRunner from "./internal/work/workRunner.ts"
import * as WorkScheduler from "./internal/work/workScheduler.ts"
import { Operations } from "./Operations.ts"
import { PlatformPlugin } from "./PlatformPlugin.ts"
import type { Plugin, ServicesOf } from "./Plugin.ts"
import * as PluginRuntime from "./PluginRuntime.ts"
import { QueryEngine } from "./QueryEngine.ts"
import { type Connection, Registry, type Standing } from "./Registry.ts"
import { Scheduler } from "./Scheduler.ts"
import { SnapshotStores } from "./SnapshotStore.ts"
import * as SnapshotStoreMemory from "./SnapshotStoreMemory.ts"
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
  /** How the version of each of these plugins stands that this platform runs, in their order. Who asks is not checked. */
  readonly standings: Effect.Effect<ReadonlyArray<{ readonly plugin: string; readonly standing: Standing }>>
  /**
   * How each extension of these plugins stands with its extension point. That of a version that isn't current waits, whatever
   * becomes of the current one's. Who asks is not checked.
   */
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

/** The rule that lets nobody but the application itself pass. */
const applicationOnly: Access.Access = { _tag: "Groups", groups: [] }

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
    const refused = PlatformRules.refusal(plugins)
    if (refused !== undefined) return yield* new InvalidPlatform({ detail: refused })
    const runtimes = yield* Effect.forEach(plugins, (plugin) => PluginRuntime.make(plugin, { defaultAccess }))
    const builtIn = yield* PluginRuntime.make(PlatformPlugin, { defaultAccess: operators })
    const views = (yield* Effect.forEach(runtimes, (runtime) => RunningViews.start(runtime, defaultAccess))).flat()
    const registryViews = yield* RunningViews.start(builtIn, operators)
    const bus = Bus.make(runtimes)
    const queries = Queries.make(new Map([...views, ...registryViews].map(({ queried }) => [queried.spec, queried])))
    const { scheduler, worker } = WorkScheduler.make(bus, builtIn.work, plugins.map(({ name }) => name))
    const clockSet = yield* WallClock.watch
    const { lifecycle, registry, worker: switches } = yield* Lifecycle.make({ plugins, builtIn, queries, clockSet })
    const services = Context.make(CommandBus, bus as CommandBus["Service"]).pipe(
      Context.add(QueryEngine, queries),
      Context.add(Scheduler, scheduler)
    )
    const parts = yield* Effect.forEach(runtimes, (runtime) =>
      Effect.mapError(
        PluginParts.start(runtime, { bus, services, lifecycle }),
        (error) => typeof error === "string" ? new InvalidPlatform({ detail: error }) : error
      ))
    const queues: ReadonlyArray<DrivenQueue> = [
      ...bus.queues,
      ...[worker, switches].map((own) => ({ plugin: PlatformPlugin.name, store: builtIn.work, worker: own })),
      ...parts.flatMap(({ queues }) => queues)
    ]
    for (const { gate = always, store, worker } of queues) {
      yield* Effect.forkScoped(gate(WorkRunner.keepRunning(store, worker, clockSet)))
    }
    const inbound = parts.flatMap(({ inbound }) => inbound)
    const total = yield* Effect.serviceOption(TotalOrder)
    const followed = plugins.flatMap(({ extensions, name }) =>
      extensions.map(({ point }) => ({ plugin: name, extensionPoint: point.tag }))
    )
    const standings = Effect.forEach(plugins, ({ name }) =>
      Effect.map(lifecycle.standing(name), (standing) => ({ plugin: name, standing })))
    const connections = Effect.forEach(
      followed,
      Effect.fnUntraced(function*(one) {
        const { current, reason, status } = yield* lifecycle.standing(one.plugin)
        const connection: Connection = status === "current"
          ? yield* lifecycle.connection(one.plugin, one.extensionPoint)
          : {
            _tag: "Waiting",
            reason: current === undefined
              ? reason!
              : `the extension of '${one.plugin}' ${current} is the one that works`
          }
        return { ...one, connection }
      })
    )
    return Context.make(Platform, {
      version: options.version,
      plugins,
      defaultAccess,
      operators,
      runtimes,
      messages: parts.flatMap(({ messages }) =>
        messages
      ),
      standings,
      connections
    }).pipe(
      Context.merge(services),
      Context.add(Inbound, InboundTranslations.doorOf(inbound)),
      Context.add(Registry, registry),
      Context.add(
        Operations,
        makeOperations({
          version: options.version,
          plugins,
          builtIn: PlatformPlugin.name,
          views: [...views, ...parts, ...registryViews].flatMap(({ fed }) => fed),
          queues: queues.map(({ plugin, store, worker }) => ({
            plugin,
            store,
            queue: worker.queue,
            remembersCancelled: worker.remembersCancelled ?? false,
            isQuiet: worker.isQuiet ?? false,
            runByHand: worker.runByHand
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
