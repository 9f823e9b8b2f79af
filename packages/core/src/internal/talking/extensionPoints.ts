import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { EventStoreError } from "../../EventStore.ts"
import { EventStores } from "../../EventStores.ts"
import type { ProvidedPoint } from "../../Plugin.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import * as OwnProgram from "../ownProgram.ts"
import type { Host, PlatformPart } from "../platformPart.ts"
import * as Directives from "./directives.ts"
import * as IncomingCommands from "./incomingCommands.ts"
import * as OutgoingEvents from "./outgoingEvents.ts"
import * as PointNames from "./pointNames.ts"
import { servedContracts } from "./servedContracts.ts"

/** What runs one extension point: publishes in every contract that it serves, and takes the commands of each. */
const makeOne = Effect.fnUntraced(function*(runtime: PluginRuntime, host: Host, provided: ProvidedPoint) {
  const stores = yield* EventStores
  const plugin = runtime.plugin.name
  const directives = yield* Directives.make({
    plugin,
    point: provided.point,
    run: OwnProgram.make(runtime, host),
    host
  })
  const contracts = servedContracts(provided)
  const publishing = provided.mappings.some(({ source }) => source !== undefined)
    ? contracts.filter(({ hasEvents }) => hasEvents)
    : []
  const lists = yield* Effect.forEach(publishing, (served) =>
    Effect.map(
      stores.of({ name: PointNames.eventLog(served.contract), plan: PointNames.eventPlan(served.contract) }),
      ({ store: log }) => OutgoingEvents.make(runtime, host, { provided, served, log, directives })
    ))
  const part: PlatformPart = {
    workers: [
      ...lists.map(({ worker }) => worker),
      ...contracts.filter(({ hasCommands }) => hasCommands).map((served) =>
        IncomingCommands.make(runtime, host, { provided, served, directives })
      )
    ],
    fibers: [directives.handle],
    fed: lists.flatMap(({ fed }) => fed),
    gate: (run) => host.lifecycle.whileCurrent(plugin, run)
  }
  return part
})

/** Puts every extension point of a plugin on the platform. */
export const make = (
  runtime: PluginRuntime,
  host: Host
): Effect.Effect<ReadonlyArray<PlatformPart>, EventStoreError, EventStores | Scope.Scope> =>
  Effect.forEach(runtime.plugin.extensionPoints, (provided) => makeOne(runtime, host, provided))
