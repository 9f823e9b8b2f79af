/**
 * How a platform is: its version, its plugins, and for each view whether it can be asked and what of it is parked.
 */
import type { Platform } from "@reventless/core/Platform"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import type * as View from "@reventless/core/View"
import type { ViewStoreShape } from "@reventless/core/ViewStore"
import * as Effect from "effect/Effect"

/** The state of a view. */
export interface ViewHealth {
  readonly name: string
  /** `current`; `rebuilding`: it answers, by its former definition; `unavailable`: its store can't be read. */
  readonly status: "current" | "rebuilding" | "unavailable"
  /** How many events the view could not apply, with those that wait behind them. A person has to look at them. */
  readonly parked: number
}

/** The answer of `GET /health`. */
export interface Health {
  /** `degraded` when a view is unavailable; the status is then 503. */
  readonly status: "ok" | "degraded"
  readonly version: string
  readonly plugins: ReadonlyArray<{
    readonly name: string
    readonly version: string
    readonly views: ReadonlyArray<ViewHealth>
  }>
}

const ofView = (rows: ViewStoreShape, { fingerprint, name }: View.Spec): Effect.Effect<ViewHealth> =>
  Effect.gen(function*() {
    const state = yield* rows.active(name)
    const blocked = state === undefined ? [] : yield* rows.blocked(name, state.generation)
    const status = state?.fingerprint === fingerprint ? "current" : "rebuilding"
    return { name, status, parked: blocked.reduce((sum, { parked }) => sum + parked, 0) } as const
  }).pipe(Effect.catch(() => Effect.succeed({ name, status: "unavailable", parked: 0 } as const)))

const ofPlugin = Effect.fnUntraced(function*({ plugin, rows }: PluginRuntime) {
  const views = yield* Effect.forEach(plugin.views, ({ definition }) => ofView(rows, definition.spec))
  return { name: plugin.name, version: plugin.version, views }
})

/** Looks at a platform. */
export const check = Effect.fnUntraced(function*({ runtimes, version }: Platform["Service"]) {
  const plugins = yield* Effect.forEach(runtimes, ofPlugin)
  const health: Health = {
    status: plugins.some(({ views }) => views.some(({ status }) => status === "unavailable")) ? "degraded" : "ok",
    version,
    plugins
  }
  return health
})
