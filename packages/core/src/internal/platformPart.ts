import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { CommandBus } from "../CommandBus.ts"
import type { QueryEngine } from "../QueryEngine.ts"
import type { Scheduler } from "../Scheduler.ts"
import type { make as makeCommandBus } from "./commandBus.ts"
import type { FedView } from "./operations.ts"
import type { Worker } from "./workRunner.ts"

/** What a platform gives to what runs on it beside its stores. */
export type PlatformServices = CommandBus | QueryEngine | Scheduler

/** The platform, as its parts use it. */
export interface Host {
  readonly bus: ReturnType<typeof makeCommandBus>
  /** Handed to the programs that ask for them. */
  readonly services: Context.Context<PlatformServices>
}

/** What one kind of building block adds to a plugin's platform. */
export interface PlatformPart {
  /** What works on the items of the plugin's queues. */
  readonly workers: ReadonlyArray<Worker>
  /** What runs while the platform does. */
  readonly fibers: ReadonlyArray<Effect.Effect<never>>
  /** What is fed from the log, and is shown, replayed and skipped as views are. */
  readonly fed: ReadonlyArray<FedView>
}
