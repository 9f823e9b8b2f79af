import type { PluginRuntime } from "../PluginRuntime.ts"
import type { Host, PlatformPart } from "./platformPart.ts"
import * as TodoCollector from "./todoCollector.ts"
import * as TodoWorker from "./todoWorker.ts"
import * as ViewRunner from "./viewRunner.ts"

/** What runs every automation, outbound translation and event mapping of a plugin. */
export const make = (runtime: PluginRuntime, host: Host): PlatformPart => {
  const { plugin } = runtime
  return {
    workers: plugin.todoLists.map((todo) => TodoWorker.make(runtime, host, todo)),
    fibers: [],
    fed: plugin.todoLists.map((todo) => {
      const behavior = TodoCollector.make(runtime, todo)
      return { name: `${plugin.name}.${todo.name}`, runtime, behavior, runner: ViewRunner.make(runtime, behavior) }
    })
  }
}
