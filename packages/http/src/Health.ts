/**
 * How a platform is: its version, its plugins, for each view whether it can be asked and what of it is parked, and for what
 * is done later whether it is late and what of it is parked.
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
  /** The automation, outbound translation or event mapping; `commands` for commands that are decided later. */
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

/** The answer of `GET /health`. */
export interface Health {
  /** `degraded` when a view or a plugin's work is unavailable; the status is then 503. Parked and late things don't matter. */
  readonly status: "ok" | "degraded"
  readonly version: string
  readonly plugins: ReadonlyArray<{
    readonly name: string
    readonly version: string
    readonly views: ReadonlyArray<ViewHealth>
    readonly work: ReadonlyArray<WorkHealth>
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

const ofPlugin = Effect.fnUntraced(function*(runtime: PluginRuntime) {
  const { handlers, plugin, rows } = runtime
  const views = yield* Effect.forEach(plugin.views, ({ definition }) => ofView(rows, definition.spec))
  const work = [
    ...(handlers.some((handler) => handler.async) ? [yield* ofQueue(runtime, "commands", false)] : []),
    ...(yield* Effect.forEach(plugin.todoLists, ({ name }) => ofQueue(runtime, name, true)))
  ]
  return { name: plugin.name, version: plugin.version, views, work }
})

const isUnavailable = ({ status }: ViewHealth | WorkHealth): boolean => status === "unavailable"

/** Looks at a platform. */
export const check = Effect.fnUntraced(function*({ runtimes, version }: Platform["Service"]) {
  const plugins = yield* Effect.forEach(runtimes, ofPlugin)
  const health: Health = {
    status: plugins.some(({ views, work }) => [...views, ...work].some(isUnavailable)) ? "degraded" : "ok",
    version,
    plugins
  }
  return health
})
