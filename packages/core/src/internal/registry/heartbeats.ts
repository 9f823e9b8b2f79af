import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type { SendError } from "../../CommandBus.ts"
import { Registration } from "../../PlatformPlugin.ts"
import * as Principal from "../../Principal.ts"
import { type PluginDefinition, PluginName, type VersionRetired } from "../../Registry.ts"
import type { LeasedWork, WorkResult, WorkStoreError, WorkStoreShape } from "../../WorkStore.ts"
import type { make as makeCommandBus } from "../commands/commandBus.ts"
import { retryAt, type Worker } from "../work/workRunner.ts"

/**
 * The queue of the switches that a dead man leaves behind: one item for each plugin that a process runs, put anew by each
 * heartbeat, due when nothing was heard for too long. Whichever process is there then disconnects the plugin.
 */
export const queue = "heartbeats"

const Stored = Schema.Struct({
  plugin: PluginName,
  version: Schema.String,
  instance: Schema.String,
  /** For how many milliseconds nothing may be heard of it. */
  allowed: Schema.Finite,
  /** When it was heard of last, in milliseconds since 1970. Switches of former releases have none. */
  heard: Schema.optionalKey(Schema.Finite)
})

type Stored = typeof Stored.Type

const decode = Schema.decodeUnknownEffect(Stored)

/** For how many milliseconds nothing may be heard of a plugin. */
export const allowedSilence = (interval: number): number => interval + Math.max(120_000, interval / 2)

/** When a process was heard of last that runs a version of a plugin, in milliseconds since 1970. */
export type Heard = Required<Pick<Stored, "plugin" | "version" | "instance" | "heard">>

/** What a process says of the plugins that it runs. Nothing here runs by itself. */
export interface Heartbeats {
  /** How many milliseconds pass between two beats of a plugin. */
  readonly pause: (plugin: PluginDefinition) => number
  /** Says that a plugin is alive: connects it, unless it is connected. Only a change leaves anything in the log. */
  readonly beat: (plugin: PluginDefinition) => Effect.Effect<void, VersionRetired | SendError | WorkStoreError>
  /** Says that the process runs the plugin no more. */
  readonly leave: (plugin: PluginDefinition) => Effect.Effect<void, SendError | WorkStoreError>
  /** When every process was heard of last, of those that may still be there: one read of the store. */
  readonly heard: Effect.Effect<ReadonlyArray<Heard>, WorkStoreError>
  /** Disconnects the plugins of which nothing is heard, of any process. */
  readonly worker: Worker
  /** After the clock was set back: nobody may be silent for longer because of it. */
  readonly mend: Effect.Effect<void, WorkStoreError>
}

/** Makes the heartbeats of a process, with at least `shortest` milliseconds between two. */
export const make = (
  bus: Pick<ReturnType<typeof makeCommandBus>, "send">,
  store: WorkStoreShape,
  instance: string,
  shortest = 0
): Heartbeats => {
  const { commands } = Registration

  const put = Effect.fnUntraced(function*({ heard = Infinity, ...of }: Stored) {
    const now = yield* Clock.currentTimeMillis
    const id = `${of.plugin} ${of.instance}`
    const content: Stored = { ...of, heard: Math.min(heard, now) }
    yield* store.put(queue, { id, lane: id, due: now + of.allowed, content }, now)
  })

  const pending = Effect.gen(function*() {
    const found: Array<{ readonly stored: Stored; readonly due: number }> = []
    for (const { content, due } of yield* store.list(queue, { state: "Pending", limit: Infinity })) {
      const stored = yield* Effect.option(decode(content))
      if (stored._tag === "Some") found.push({ stored: stored.value, due })
    }
    return found
  })

  const disconnect = ({ instance, plugin, version }: Stored, why: "stopped" | "silent") =>
    bus.send(commands.Disconnect, { plugin, version, instance, why })

  const pause = ({ heartbeatInterval }: PluginDefinition): number => Math.max(heartbeatInterval, shortest)

  const storedOf = (definition: PluginDefinition): Stored => ({
    plugin: PluginName.make(definition.name),
    version: definition.version,
    instance,
    allowed: allowedSilence(pause(definition))
  })

  const work = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    const read = yield* Effect.result(decode(item.content))
    if (read._tag === "Failure") {
      return { _tag: "Park", reason: `its content can't be decoded: ${read.failure.message}` }
    }
    const stored = read.success
    const done = yield* Effect.exit(asSystem(disconnect(stored, "silent")))
    if (Exit.isSuccess(done)) {
      if (done.value.eventCount > 0) {
        yield* Effect.logWarning(
          `${stored.plugin} ${stored.version} is disconnected: nothing was heard of it for ${stored.allowed} ms`,
          { instance: stored.instance }
        )
      }
      return { _tag: "Forget" }
    }
    if (Cause.hasInterruptsOnly(done.cause)) return yield* Effect.failCause(done.cause as Cause.Cause<never>)
    return { _tag: "Retry", due: yield* retryAt(item.attempts), reason: Cause.pretty(done.cause) }
  })

  return {
    pause,
    // The switch comes first: what is connected has one, whenever the process ends.
    beat: Effect.fnUntraced(function*(definition) {
      const stored = storedOf(definition)
      yield* put(stored)
      yield* asSystem(
        bus.send(commands.Connect, { plugin: stored.plugin, version: stored.version, instance, definition })
      )
    }),
    leave: Effect.fnUntraced(function*(definition) {
      const stored = storedOf(definition)
      yield* asSystem(disconnect(stored, "stopped"))
      yield* store.cancel(queue, `${stored.plugin} ${instance}`)
    }),
    worker: { queue, concurrency: 16, work, isQuiet: true },
    heard: Effect.map(
      pending,
      (all) => all.flatMap(({ stored: { heard, ...of } }) => heard === undefined ? [] : [{ ...of, heard }])
    ),
    mend: Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      for (const { due, stored } of yield* pending) if (due > now + stored.allowed) yield* put(stored)
    })
  }
}

/** What processes say of themselves is said by the application, and no part of anybody's trace. */
const asSystem = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect.pipe(
    Effect.provideService(Principal.CurrentPrincipal, Principal.system),
    Effect.withTracerEnabled(false)
  )
