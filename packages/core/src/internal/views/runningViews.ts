import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Access from "../../Access.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type { ViewStoreError } from "../../ViewStore.ts"
import type { FedView } from "../operations.ts"
import type { RunningView } from "./queryEngine.ts"
import * as ViewRunner from "./viewRunner.ts"

/** A view that is fed and that can be queried. */
export interface FedAndQueried {
  readonly fed: FedView
  readonly queried: RunningView
}

/** Feeds a plugin's views until the scope ends. `access` is the rule of those that have none. */
export const start = (
  runtime: PluginRuntime,
  access: Access.Access
): Effect.Effect<ReadonlyArray<FedAndQueried>, ViewStoreError, Scope.Scope> =>
  Effect.forEach(
    runtime.plugin.views,
    Effect.fnUntraced(function*(behavior) {
      const { rows } = runtime
      const { spec } = behavior.definition
      yield* rows.open(spec.name, spec.fingerprint)
      const runner = ViewRunner.make(runtime, behavior)
      yield* Effect.forkScoped(runner.run)
      const name = `${runtime.plugin.name}.${spec.name}`
      return {
        fed: { name, runtime, behavior, runner },
        queried: { name, spec, access: spec.access ?? access, rows, progress: runner.progress }
      }
    })
  )
