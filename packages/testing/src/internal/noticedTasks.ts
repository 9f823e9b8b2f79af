import { ObjectStore, type ObjectStoreError } from "@reventless/core/ObjectStore"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import type * as Task from "@reventless/core/Task"
import type { WorkStoreError } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** The queues of a plugin's tasks. */
export const queues: ReadonlyArray<string> = ["tasks", "tasks.byHand", "tasks.objects"]

const version = ({ content }: { readonly content: unknown }) => {
  const { key, version } = content as { readonly key: string; readonly version: string }
  return `${key} ${version}`
}

/** The objects that a trigger asks for, as they are written. One that is being written isn't waited for. */
const written = (objects: ObjectStore["Service"], { prefix, suffix }: Task.ObjectTrigger) =>
  Effect.map(
    Stream.runCollect(Stream.filter(objects.list(prefix), ({ isWritten, key }) => isWritten && key.endsWith(suffix))),
    (found) => found.map((content) => version({ content }))
  )

/** Waits until every scheduled task has its place in the queue, and every object that came or went was noticed. */
export const noticedTasks = Effect.fnUntraced(
  function*({ plugin, services, work }: PluginRuntime): Effect.fn.Return<void, ObjectStoreError | WorkStoreError> {
    for (const { definition: { trigger }, name } of plugin.tasks) {
      if (trigger._tag === "Schedule") {
        while ((yield* work.get("tasks", name)) === undefined) yield* Effect.yieldNow
        continue
      }
      const objects = Context.getUnsafe(services as Context.Context<ObjectStore>, ObjectStore)
      while (true) {
        const there = yield* written(objects, trigger)
        const known = (yield* work.list("tasks.known", { lane: name, limit: Infinity })).map(version)
        if (there.toSorted().join("\n") === known.toSorted().join("\n")) break
        yield* Effect.yieldNow
      }
    }
  }
)
