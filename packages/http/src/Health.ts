/**
 * How a platform is: its version, its plugins, for each view whether it can be asked and what of it is parked, for what is
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

/** The answer of `GET /health`. */
export interface Health {
  /**
   * `degraded` when a view or a plugin's work is unavailable, which answers with the status 503, or when an extension is
   * refused, which answers with 200: commands and views don't suffer. Parked and late things don't matter, nor does an
   * extension that waits.
   */
  readonly status: "ok" | "degraded"
  readonly version: string
  readonly plugins: ReadonlyArray<{
    readonly name: string
    readonly version: string
    readonly views: ReadonlyArray<ViewHealth>
    readonly work: ReadonlyArray<WorkHealth>
    readonly connections: ReadonlyArray<ConnectionHealth>
  }>
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
        views: yield* Effect.forEach(plugin.views, ({ definition }) => ofView(rows, definition.spec)),
        work: [
          ...(handlers.some((handler) => handler.async) ? [yield* ofQueue(runtime, "commands", false)] : []),
          ...(yield* Effect.forEach(lists, (list) => ofQueue(runtime, list, true)))
        ],
        connections: connections.filter((one) => one.plugin === name).map(ofConnection)
      }
    })
  )
  const isRefused = plugins.some((plugin) => plugin.connections.some(({ status }) => status === "refused"))
  const health: Health = {
    status: isRefused || plugins.some(isUnavailable) ? "degraded" : "ok",
    version,
    plugins
  }
  return health
})

const isUnavailable = ({ views, work }: Pick<Health["plugins"][number], "views" | "work">): boolean =>
  [...views, ...work].some(({ status }) => status === "unavailable")

/** The status that an answer has: 503 when something can't be asked. */
export const statusCode = ({ plugins }: Health): 200 | 503 => plugins.some(isUnavailable) ? 503 : 200
