import { Operations } from "@reventless/core/Operations"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import * as Principal from "@reventless/core/Principal"
import type { WorkStoreError } from "@reventless/core/WorkStore"
import * as Effect from "effect/Effect"

/** The extension points that somebody follows here and nobody provides here: what is for them waits. */
const waiting = (runtimes: ReadonlyArray<PluginRuntime>): ReadonlyArray<string> => {
  const provided = new Set(runtimes.flatMap(({ plugin }) => plugin.extensionPoints.map(({ point }) => point.tag)))
  return runtimes.flatMap(({ plugin }) =>
    plugin.extensions.flatMap(({ point: { tag } }) => provided.has(tag) ? [] : [`${plugin.name}.${tag}`])
  )
}

/** The lists of messages between plugins that can be worked on here: those of its extension points and extensions. */
const listsOf = Effect.fnUntraced(function*(runtimes: ReadonlyArray<PluginRuntime>) {
  const away = waiting(runtimes)
  const views = yield* (yield* Operations).views
  return views.filter(({ view }) =>
    view.split(".").length > 2 && !away.some((list) => view === list || view.startsWith(`${list}.`))
  )
})

/**
 * Waits until every message between plugins is collected that can be, and none is being worked on or could be. Gives up to
 * where each list has come: as long as that changes, another message may have followed.
 */
export const talked = (
  runtimes: ReadonlyArray<PluginRuntime>,
  idle: (work: PluginRuntime["work"], queue: string) => Effect.Effect<void, WorkStoreError>
) =>
  Effect.gen(function*() {
    const talking = runtimes.filter(({ plugin: { extensionPoints, extensions } }) =>
      extensionPoints.length + extensions.length > 0
    )
    if (talking.length === 0) return []
    let lists = yield* listsOf(runtimes)
    while (lists.some(({ lagMillis }) => lagMillis > 0)) {
      yield* Effect.yieldNow
      lists = yield* listsOf(runtimes)
    }
    const { work } = yield* Operations
    for (const { plugin, work: store } of talking) {
      const queues = new Set<string>()
      let cursor: string | undefined
      do {
        const page: Effect.Success<ReturnType<typeof work>> = yield* work({ plugin: plugin.name, cursor, limit: 1000 })
        for (const { queue } of page.work) if (queue.includes(".")) queues.add(queue)
        cursor = page.cursor
      } while (cursor !== undefined)
      yield* Effect.forEach(queues, (queue) => idle(store, queue))
    }
    return yield* Effect.forEach(lists, ({ view }) => {
      const [plugin, ...name] = view.split(".")
      const runtime = talking.find((one) => one.plugin.name === plugin)
      return runtime === undefined
        ? Effect.undefined
        : Effect.map(runtime.rows.active(name.join(".")), (active) => active?.checkpoint.extent)
    })
  }).pipe(Effect.provideService(Principal.CurrentPrincipal, Principal.system))
