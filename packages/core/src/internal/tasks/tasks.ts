import type { PluginRuntime } from "../../PluginRuntime.ts"
import type { Host, PlatformPart } from "../platformPart.ts"
import * as ObjectTasks from "./objectTasks.ts"
import * as ScheduledTasks from "./scheduledTasks.ts"

/**
 * What runs every task of a plugin. A plugin without tasks has no queues for them: what waits there for tasks that were
 * taken out of the code is kept, and isn't run.
 */
export const make = (runtime: PluginRuntime, host: Host): PlatformPart => {
  if (runtime.plugin.tasks.length === 0) return { workers: [], fibers: [], fed: [] }
  const parts = [ScheduledTasks.make(runtime, host), ObjectTasks.make(runtime, host)]
  return {
    workers: parts.flatMap(({ workers }) => workers),
    fibers: parts.flatMap(({ fibers }) => fibers),
    fed: []
  }
}
