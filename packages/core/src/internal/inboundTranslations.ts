import type { PluginRuntime } from "../PluginRuntime.ts"
import type { Host, PlatformPart } from "./platformPart.ts"

/** What runs every inbound translation of a plugin. */
export const make = (_runtime: PluginRuntime, _host: Host): PlatformPart => ({ workers: [], fibers: [], fed: [] })
