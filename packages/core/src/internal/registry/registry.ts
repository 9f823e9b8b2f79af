import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { AccessDenied } from "../../Access.ts"
import { Plugins, Registration } from "../../PlatformPlugin.ts"
import type { QueryEngine } from "../../QueryEngine.ts"
import { type Act, type PluginName, type RegisteredPlugin, type Registry, UnknownVersion } from "../../Registry.ts"
import type { make as makeCommandBus } from "../commands/commandBus.ts"
import * as Connections from "./connections.ts"
import type { Heartbeats } from "./heartbeats.ts"
import * as Registered from "./registered.ts"

/** How long is waited at most for the plugins of this platform to be connected. */
const startMillis = 5000

const pageSize = 1000

/** Whoever is refused asked for the registry, and knows nothing of what it is made of. */
const named = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.mapError(
    effect,
    (error) =>
      error instanceof AccessDenied ? new AccessDenied({ ...error, target: "the registry" }) as E & AccessDenied : error
  )

/** Makes the registry of a platform. */
export const make = (
  { bus, heard, queries, started }: {
    /** The built-in plugin's own. */
    readonly bus: ReturnType<typeof makeCommandBus>
    readonly queries: QueryEngine["Service"]
    readonly heard: Heartbeats["heard"]
    /** Completes when the plugins of this platform are connected, or it was tried in vain. */
    readonly started: Effect.Effect<void>
  }
): Registry["Service"] => {
  const listed = Effect.gen(function*() {
    yield* Effect.timeoutOption(started, startMillis)
    const found: Array<RegisteredPlugin> = []
    let cursor: string | undefined
    do {
      const page = yield* queries.list(Plugins, { cursor, limit: pageSize })
      found.push(...page.rows)
      cursor = page.cursor
    } while (cursor !== undefined)
    return found
  }).pipe(named)

  /** Whoever may see the plugins may see when they were heard of; while that can't be read, they are listed without it. */
  const plugins = Effect.gen(function*() {
    const found = yield* listed
    const all = yield* Effect.catch(
      heard,
      (error) => Effect.as(Effect.logDebug("When the plugins were heard of isn't known", error), [])
    )
    return found.map((one) => Registered.withHeard(one, all))
  })

  const act = (to: typeof Registration.commands.Activate): Act =>
    Effect.fnUntraced(function*(name, version, why) {
      const plugin = name as PluginName
      const { token } = yield* Effect.catchTag(
        bus.send(to, { plugin, version, why }),
        "UnknownVersion",
        Effect.fnUntraced(function*(error) {
          const similar = error.known.length > 0
            ? undefined
            : (yield* listed).find((one) => one.plugin.toLowerCase() === name.toLowerCase())?.plugin
          return yield* similar === undefined ? error : new UnknownVersion({ ...error, similar })
        })
      )
      const row = yield* queries.get(Plugins, plugin, { after: token })
      return Option.getOrThrow(row)
    }, named)

  const { Activate, Deactivate, Retire } = Registration.commands
  return {
    plugins,
    connections: Effect.map(listed, (all) => Connections.all(new Map(all.map((one) => [one.plugin, one])))),
    activate: act(Activate),
    deactivate: act(Deactivate),
    retire: act(Retire)
  }
}
