import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { EventStoreError } from "../EventStore.ts"
import type { EventStores } from "../EventStores.ts"
import type { PluginRuntime } from "../PluginRuntime.ts"
import type { WorkStoreError, WorkStores } from "../WorkStore.ts"
import type { Host, PlatformPart } from "./platformPart.ts"

/** Puts everything that a plugin follows on the platform. */
export const make = (
  _runtime: PluginRuntime,
  _host: Host
): Effect.Effect<
  ReadonlyArray<PlatformPart>,
  EventStoreError | WorkStoreError,
  EventStores | WorkStores | Scope.Scope
> => Effect.succeed([])
