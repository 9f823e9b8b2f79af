import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Plugins } from "../../PlatformPlugin.ts"
import * as Principal from "../../Principal.ts"
import type { QueryEngine } from "../../QueryEngine.ts"
import type { RegisteredPlugin } from "../../Registry.ts"
import * as Signal from "../../Signal.ts"

/** What a process knows of the registry: the rows of its view, as they change. */
export interface KnownPlugins {
  readonly all: ReadonlyMap<string, RegisteredPlugin>
  readonly changed: Signal.Signal
  /** Completes when what is known is as it is waited for. */
  readonly until: (isSo: () => boolean) => Effect.Effect<void>
}

/** Waits longer after each failure, up to 5 s. */
export const retries = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])

/** Follows the registry while the scope is open, whatever happens to its store meanwhile. */
export const follow = Effect.fnUntraced(
  function*(queries: QueryEngine["Service"]): Effect.fn.Return<KnownPlugins, never, Scope.Scope> {
    const all = new Map<string, RegisteredPlugin>()
    const changed = Signal.make()
    const following = Stream.runForEachArray(queries.watch(Plugins), (changes) =>
      Effect.sync(() => {
        for (const change of changes) if (change._tag === "RowSet") all.set(change.row.plugin, change.row)
        changed.notify()
      }))
    yield* following.pipe(
      Effect.provideService(Principal.CurrentPrincipal, Principal.system),
      Effect.tapCause((cause) => Effect.logDebug("The registry is followed anew", cause)),
      Effect.retry(retries),
      Effect.orDie,
      Effect.forever,
      Effect.forkScoped
    )
    return {
      all,
      changed,
      until: Effect.fnUntraced(function*(isSo) {
        while (true) {
          const next = yield* changed.next
          if (isSo()) return
          yield* next
        }
      })
    }
  }
)
