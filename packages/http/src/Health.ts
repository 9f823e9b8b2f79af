/**
 * How a platform is: its version, its plugins, whether the version of each is the one that works, for each view whether it can be asked and what of it is parked, for what is
 * done later, messages between plugins among it, whether it is late and what of it is parked, and for each extension whether
 * it is connected.
 */
import type { Platform } from "@reventless/core/Platform"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import type * as View from "@reventless/core/View"
import type { ViewStoreShape } from "@reventless/core/ViewStore"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** The state of a view. */
export interface ViewHealth {
  readonly name: string
  /** `current`; `rebuilding`: it answers, by its former definition; `unavailable`: its store can't be read. */
  readonly status: "current" | "rebuilding" | "unavailable"
  /** How many events the view could not apply, with those that wait behind them. A person has to look at them. */
  readonly parked: number
}

/** The state of what a plugin does later. */
export interface WorkHealth {
  /**
   * The automation, outbound translation or event mapping; `commands` for commands that are decided later; the queue of
   * messages between plugins, as operators see it.
   */
  readonly name: string
  /** `unavailable`: its store can't be read. */
  readonly status: "current" | "unavailable"
  /** How long the next item could have been begun, in milliseconds; 0 when none is late. */
  readonly lateMillis: number
  /**
   * How many items were tried in vain, and events that could not be collected, with those that wait behind them. A person has
   * to look at them. At most 100 items are counted.
   */
  readonly parked: number
}

/** How an extension stands with its extension point. */
export interface ConnectionHealth {
  /** `Plugin.Name`. */
  readonly extensionPoint: string
  readonly status: "connected" | "waiting" | "refused"
  /** Why it isn't connected, and what to do. */
  readonly reason?: string
}

/** How the version of a plugin stands that this process runs. */
export interface PluginHealth {
  readonly name: string
  /** The version that this process runs. */
  readonly version: string
  /**
   * `current`: its extension points and extensions work. `resting`: those of a higher version do. `inactive` and `retired`: a
   * person took it out of use, and its process still runs. `disconnected`: it connects again by itself.
   */
  readonly status: "current" | "resting" | "inactive" | "retired" | "disconnected"
  /** The version that is current; absent while none is. */
  readonly current?: string
  /** Why this version isn't the current one, and what to do. */
  readonly reason?: string
  readonly views: ReadonlyArray<ViewHealth>
  readonly work: ReadonlyArray<WorkHealth>
  /** Those of this version: they wait while it isn't the current one. */
  readonly connections: ReadonlyArray<ConnectionHealth>
}

/** The answer of `GET /health`. */
export interface Health {
  /**
   * `degraded` when a view or a plugin's work is unavailable, which answers with the status 503; or when an extension is
   * refused, or a plugin's version is inactive, retired or disconnected, which answers with 200: commands and views don't
   * suffer. Parked and late things don't matter, nor does an extension that waits, nor a version that rests.
   */
  readonly status: "ok" | "degraded"
  readonly version: string
  readonly plugins: ReadonlyArray<PluginHealth>
}

const ofView = (rows: ViewStoreShape, { fingerprint, name }: View.Spec): Effect.Effect<ViewHealth> =>
  Effect.gen(function*() {
    const state = yield* rows.active(name)
    const blocked = state === undefined ? [] : yield* rows.blocked(name, state.generation)
    const status = state?.fingerprint === fingerprint ? "current" : "rebuilding"
    return { name, status, parked: blocked.reduce((sum, { parked }) => sum + parked, 0) } as const
  }).pipe(Effect.catch(() => Effect.succeed({ name, status: "unavailable", parked: 0 } as const)))

/** How many parked items of a queue are counted. */
const maxParked = 100

const ofQueue = ({ rows, work }: PluginRuntime, name: string, collected: boolean): Effect.Effect<WorkHealth> =>
  Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const next = yield* work.next(name)
    const parked = yield* work.list(name, { state: "Parked", limit: maxParked })
    const state = collected ? yield* rows.active(name) : undefined
    const blocked = state === undefined ? [] : yield* rows.blocked(name, state.generation)
    return {
      name,
      status: "current",
      lateMillis: next === undefined ? 0 : Math.max(0, now - next),
      parked: blocked.reduce((sum, { parked }) => sum + parked, parked.length)
    } as const
  }).pipe(Effect.catch(() => Effect.succeed({ name, status: "unavailable", lateMillis: 0, parked: 0 } as const)))

const statuses = { Connected: "connected", Waiting: "waiting", Refused: "refused" } as const

const ofConnection = (
  { connection, extensionPoint }: Effect.Success<Platform["Service"]["connections"]>[number]
): ConnectionHealth => ({
  extensionPoint,
  status: statuses[connection._tag],
  ...(connection._tag === "Connected" ? {} : { reason: connection.reason })
})

/** Looks at a platform. */
export const check = Effect.fnUntraced(function*(platform: Platform["Service"]) {
  const { messages, runtimes, version } = platform
  const connections = yield* platform.connections
  const standings = new Map((yield* platform.standings).map(({ plugin, standing }) => [plugin, standing]))
  const plugins = yield* Effect.forEach(
    runtimes,
    Effect.fnUntraced(function*(runtime) {
      const { handlers, plugin, rows } = runtime
      const { name } = plugin
      const lists = [
        ...plugin.todoLists.map((list) => list.name),
        ...messages.filter((one) => one.plugin === name).map(({ queue }) => queue)
      ]
      return {
        name,
        version: plugin.version,
        ...standings.get(name)!,
        views: yield* Effect.forEach(plugin.views, ({ definition }) => ofView(rows, definition.spec)),
        work: [
          ...(handlers.some((handler) => handler.async) ? [yield* ofQueue(runtime, "commands", false)] : []),
          ...(yield* Effect.forEach(lists, (list) => ofQueue(runtime, list, true)))
        ],
        connections: connections.filter((one) => one.plugin === name).map(ofConnection)
      }
    })
  )
  const health: Health = {
    status: plugins.some((plugin) => isAway(plugin) || isUnavailable(plugin)) ? "degraded" : "ok",
    version,
    plugins
  }
  return health
})

/** Whether a plugin doesn't talk with others as it should. */
const isAway = ({ connections, status }: PluginHealth): boolean =>
  (status !== "current" && status !== "resting") || connections.some(({ status }) => status === "refused")

const isUnavailable = ({ views, work }: Pick<Health["plugins"][number], "views" | "work">): boolean =>
  [...views, ...work].some(({ status }) => status === "unavailable")

/** The status that an answer has: 503 when something can't be asked. */
export const statusCode = ({ plugins }: Health): 200 | 503 => plugins.some(isUnavailable) ? 503 : 200
