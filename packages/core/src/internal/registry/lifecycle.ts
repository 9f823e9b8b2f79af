import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Plugin } from "../../Plugin.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type { QueryEngine } from "../../QueryEngine.ts"
import { type Connection, type PluginDefinition, type Registry, ShortestPause } from "../../Registry.ts"
import type * as Signal from "../../Signal.ts"
import { make as makeCommandBus } from "../commands/commandBus.ts"
import type { Lifecycle } from "../platformPart.ts"
import type { Worker } from "../work/workRunner.ts"
import * as Connections from "./connections.ts"
import * as Heartbeats from "./heartbeats.ts"
import * as KnownPlugins from "./knownPlugins.ts"
import * as PluginDefinitions from "./pluginDefinition.ts"
import * as Registered from "./registered.ts"
import * as PluginRegistry from "./registry.ts"
import * as Standing from "./standing.ts"

/** What runs the lives of a platform's plugins. */
export interface Options {
  /** The plugins of this platform. */
  readonly plugins: ReadonlyArray<Plugin<string, unknown>>
  /** The plugin that keeps the registry. */
  readonly builtIn: PluginRuntime
  readonly queries: QueryEngine["Service"]
  /** Notifies when the clock was set. */
  readonly clockSet: Signal.Signal
}

/** The lives of a platform's plugins, as the platform itself uses them. */
export interface Running {
  readonly lifecycle: Lifecycle
  readonly registry: Registry["Service"]
  /** Disconnects the plugins of which nothing is heard. */
  readonly worker: Worker
}

/** How many bytes name a process: 16 characters. */
const instanceBytes = 8

/** How long a process that stops takes at most to say so. */
const farewell = "2 seconds"

/**
 * Connects the plugins of a platform and keeps them connected while the scope is open, and knows of all others what the
 * registry knows.
 */
export const make = Effect.fnUntraced(function*(options: Options): Effect.fn.Return<Running, never, Scope.Scope> {
  const { builtIn, clockSet, queries } = options
  const bus = makeCommandBus([builtIn])
  const instance = Hex.encode(SecureRandom.randomBytesUnsafe(instanceBytes))
  const heartbeats = Heartbeats.make(bus, builtIn.work, instance, Duration.toMillis(yield* ShortestPause))
  const definitions = options.plugins.map(PluginDefinitions.make)
  const own = new Map(definitions.map((definition) => [definition.name, definition]))
  // Comes after everything below when the scope closes: what stops has stopped when it says so.
  yield* Effect.addFinalizer(() =>
    Effect.forEach(definitions, heartbeats.leave, { concurrency: "unbounded", discard: true }).pipe(
      Effect.timeout(farewell),
      Effect.catch((error) => Effect.logDebug("The platform stopped without saying so", error))
    )
  )
  const { all: plugins, changed, until } = yield* KnownPlugins.follow(queries)

  const isConnected = ({ name, version }: PluginDefinition) => {
    const plugin = plugins.get(name)
    return Registered.runs(plugin, version, instance) && Registered.statusOf(plugin!, version) !== "retired"
  }

  /**
   * Connects a plugin and keeps it connected, also when others have taken this process for dead. `tried` is completed when
   * it is connected for the first time, or when that came to nothing.
   */
  const keepAlive = Effect.fnUntraced(
    function*(definition: PluginDefinition, tried: Deferred.Deferred<void>): Effect.fn.Return<never> {
      const { name, version } = definition
      const done = Deferred.done(tried, Exit.void)
      const beat = heartbeats.beat(definition).pipe(
        Effect.tapError((error) =>
          error._tag === "VersionRetired"
            ? Effect.void
            : Effect.andThen(done, Effect.logWarning(`${name} ${version} could not say that it is alive`, error))
        ),
        Effect.retry({ schedule: KnownPlugins.retries, while: (error) => error._tag !== "VersionRetired" })
      )
      const lost = until(() => isConnected(definition)).pipe(
        Effect.andThen(done),
        Effect.andThen(until(() => !isConnected(definition)))
      )
      const wait = Effect.as(Effect.sleep(heartbeats.pause(definition)), false)
      let isTold = false
      let isBack = false
      while (true) {
        const said = yield* Effect.result(beat)
        if (Result.isSuccess(said)) {
          // Somebody with another clock may take it for dead again and again: it is back at once only once in an interval.
          isBack = yield* isBack ? wait : Effect.raceFirst(Effect.as(lost, true), wait)
          continue
        }
        if (!isTold) {
          yield* Effect.logError(`${said.failure.message} Its extension points and extensions don't run.`)
        }
        isTold = true
        yield* Effect.andThen(done, wait)
      }
    }
  )

  const connection = (plugin: string, point: string): Connection => {
    const consumer = own.get(plugin)
    const wanted = consumer?.extensions.find(({ name }) => name === point)
    return consumer === undefined || wanted === undefined
      ? { _tag: "Waiting", reason: `'${plugin}' doesn't follow '${point}' on this platform` }
      : Connections.connection(plugins, consumer, wanted)
  }

  /** Says when an extension is refused, once for each reason. */
  const tellRefusal = Effect.fnUntraced(function*(plugin: string, point: string) {
    yield* started
    let told: string | undefined
    while (true) {
      const next = yield* changed.next
      const found = connection(plugin, point)
      const reason = found._tag === "Refused" ? found.reason : undefined
      if (reason !== undefined && reason !== told) yield* Effect.logError(`An extension is refused: ${reason}`)
      if (reason === undefined && told !== undefined) {
        yield* Effect.logInfo(`The extension of '${plugin}' for '${point}' is refused no more`)
      }
      told = reason
      yield* next
    }
  })

  /** Says which version of a plugin is current whenever that changes. */
  const tellCurrent = Effect.fnUntraced(function*({ name, version }: PluginDefinition) {
    yield* started
    let told: string | undefined | false = false
    while (true) {
      const next = yield* changed.next
      const known = plugins.get(name)
      if (known !== undefined) {
        const news = Standing.news(known, version, told)
        told = known.current
        if (news !== undefined) yield* Effect.logInfo(news)
      }
      yield* next
    }
  })

  /** Runs something while it may, and anew each time that it may again. */
  const gate = (isOpen: () => boolean, run: Effect.Effect<never>): Effect.Effect<never> =>
    Effect.andThen(
      started,
      Effect.forever(Effect.andThen(until(isOpen), Effect.raceFirst(run, until(() => !isOpen()))))
    )

  const isCurrent = (plugin: string): boolean => {
    const version = own.get(plugin)?.version
    return version !== undefined && plugins.get(plugin)?.current === version
  }

  const keepMended = Effect.forever(Effect.gen(function*() {
    const set = yield* clockSet.next
    yield* Effect.ignore(heartbeats.mend)
    yield* set
  }))

  const tries = definitions.map((definition) => ({ definition, tried: Deferred.makeUnsafe<void>() }))
  const started = Effect.forEach(tries, ({ tried }) => Deferred.await(tried), { discard: true })

  yield* Effect.forkScoped(keepMended)
  for (const { definition, tried } of tries) {
    yield* Effect.forkScoped(keepAlive(definition, tried))
    yield* Effect.forkScoped(tellCurrent(definition))
    for (const { name } of definition.extensions) yield* Effect.forkScoped(tellRefusal(definition.name, name))
  }

  return {
    lifecycle: {
      whileCurrent: (plugin, run) => gate(() => isCurrent(plugin), run),
      whileConnected: (plugin, point, run) =>
        gate(() => isCurrent(plugin) && connection(plugin, point)._tag === "Connected", run),
      connection: (plugin, point) => Effect.map(started, () => connection(plugin, point)),
      standing: (plugin) => Effect.map(started, () => Standing.standingOf(plugins.get(plugin), own.get(plugin)!)),
      since: (plugin, list) => {
        const known = () => plugins.get(plugin)?.points[list]
        return Effect.map(until(() => known() !== undefined), () => known()!)
      }
    },
    registry: PluginRegistry.make({ bus, queries, started, heard: heartbeats.heard }),
    worker: heartbeats.worker
  }
})
