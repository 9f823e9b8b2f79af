import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { CommandBus } from "../CommandBus.ts"
import type { QueryEngine } from "../QueryEngine.ts"
import type { Connection, Standing } from "../Registry.ts"
import type { Scheduler } from "../Scheduler.ts"
import type { WorkStoreShape } from "../WorkStore.ts"
import type { make as makeCommandBus } from "./commands/commandBus.ts"
import type { FedView } from "./operations.ts"
import type { Worker } from "./work/workRunner.ts"

/** What a platform gives to what runs on it beside its stores. */
export type PlatformServices = CommandBus | QueryEngine | Scheduler

/** What the parts of a platform know of the plugins' lives. */
export interface Lifecycle {
  /**
   * Runs what an extension point does while its plugin's version is the one that works: the highest that is connected, and
   * neither inactive nor retired. It is interrupted when that changes, and begins anew when it changes back.
   */
  readonly whileCurrent: (plugin: string, run: Effect.Effect<never>) => Effect.Effect<never>
  /** Runs what an extension does while its plugin's version works and its connection is accepted. */
  readonly whileConnected: (plugin: string, point: string, run: Effect.Effect<never>) => Effect.Effect<never>
  /** How a plugin's extension stands with its extension point now. */
  readonly connection: (plugin: string, point: string) => Effect.Effect<Connection>
  /** How the version of a plugin that this process runs stands now. */
  readonly standing: (plugin: string) => Effect.Effect<Standing>
  /**
   * Since when a plugin has had a list of messages to or from other plugins, in milliseconds since 1970: what was made before
   * is history to it, and fires no directives.
   */
  readonly since: (plugin: string, list: string) => Effect.Effect<number>
}

/** The platform, as its parts use it. */
export interface Host {
  readonly lifecycle: Lifecycle
  readonly bus: ReturnType<typeof makeCommandBus>
  /** Handed to the programs that ask for them. */
  readonly services: Context.Context<PlatformServices>
}

/** Runs something while what it depends on is there, and not otherwise. */
export type Gate = (run: Effect.Effect<never>) => Effect.Effect<never>

/** The gate of what runs while the platform does. */
export const always: Gate = (run) => run

/** A queue that a platform works on. */
export interface DrivenQueue {
  /** Whose queue it is: a plugin, or the platform. */
  readonly plugin: string
  readonly store: WorkStoreShape
  readonly worker: Worker
  /** `always` when absent. */
  readonly gate?: Gate
}

/** What one kind of building block adds to a plugin's platform. */
export interface PlatformPart {
  /** What works on the items of the plugin's queues. */
  readonly workers: ReadonlyArray<Worker>
  /** What runs while the platform does. */
  readonly fibers: ReadonlyArray<Effect.Effect<never>>
  /** What is fed from the log, and is shown, replayed and skipped as views are. */
  readonly fed: ReadonlyArray<FedView>
  /** The gate of each of these; `always` when absent. */
  readonly gate?: Gate
}
