import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Extent from "../../Extent.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type { Host, PlatformPart } from "../platformPart.ts"
import * as ViewRunner from "../views/viewRunner.ts"
import * as TodoCollector from "./todoCollector.ts"
import type { TodoBehavior } from "./todoList.ts"
import * as TodoWorker from "./todoWorker.ts"

/**
 * Completes when another process has collected everything that was in the log before. Only by reading it is known how far
 * that is.
 */
const collectedElsewhere = (
  { events, rows }: PluginRuntime,
  { list, name }: TodoBehavior<string, unknown>
): Effect.Effect<void> =>
  Effect.gen(function*() {
    const before = yield* rows.active(name)
    const batches = events.subscribe({ lane: list.lane, checkpoint: before?.checkpoint })
    const known = yield* Stream.runFold(
      Stream.takeUntil(batches, (batch) => batch.caughtUp),
      () => Extent.nothing as Extent.Extent,
      (extent, batch) =>
        batch.events.reduce((all, event) => Extent.union(all, event.extent ?? Extent.upTo(event.position)), extent)
    )
    while (true) {
      const changed = yield* rows.changed
      const active = yield* rows.active(name)
      if (active !== undefined && Extent.includes(active.checkpoint.extent, known)) return
      yield* changed
    }
  }).pipe(
    Effect.tapError((error) => Effect.logWarning(`${name} can't tell whether it has collected everything`, error)),
    Effect.retry(Schedule.spaced("1 second")),
    Effect.orDie
  )

/** How long a list may be fed by nobody before it is looked whether another process does so. */
const patience = "1 second"

/**
 * Completes when everything is collected that was in the log before. An item of a new list, or one that was added while
 * the application was down, may be closed by an event that is in the log already: it must not be begun. Whoever feeds the
 * list knows it without reading anything again.
 */
const collected = (
  runtime: PluginRuntime,
  todo: TodoBehavior<string, unknown>,
  { caughtUp, feeds }: ViewRunner.ViewRunner
): Effect.Effect<void> =>
  Effect.raceFirst(
    caughtUp,
    Effect.andThen(Effect.repeat(Effect.sleep(patience), { while: feeds }), collectedElsewhere(runtime, todo))
  )

/** What runs every automation, outbound translation and event mapping of a plugin. */
export const make = (runtime: PluginRuntime, host: Host): PlatformPart => {
  const { plugin } = runtime
  const lists = plugin.todoLists.map((todo) => {
    const behavior = TodoCollector.make(runtime, todo)
    return { todo, behavior, runner: ViewRunner.make(runtime, behavior) }
  })
  return {
    workers: lists.map(({ runner, todo }) => ({
      ...TodoWorker.make(runtime, host, todo),
      remembersCancelled: true,
      // Where no event closes an item, what is there may be begun at once.
      ...(todo.items._tag === "Items" && todo.items.closes ? { ready: collected(runtime, todo, runner) } : {})
    })),
    fibers: [],
    fed: lists.map(({ behavior, runner, todo }) => ({ name: `${plugin.name}.${todo.name}`, runtime, behavior, runner }))
  }
}
