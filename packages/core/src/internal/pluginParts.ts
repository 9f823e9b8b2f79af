import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { EventStoreError } from "../EventStore.ts"
import type { EventStores } from "../EventStores.ts"
import type { PluginRuntime } from "../PluginRuntime.ts"
import type { ViewStoreError } from "../ViewStore.ts"
import type { WorkStoreError, WorkStores } from "../WorkStore.ts"
import * as InboundTranslations from "./inbound/inboundTranslations.ts"
import type { FedView } from "./operations.ts"
import { always, type DrivenQueue, type Host, type PlatformPart } from "./platformPart.ts"
import * as ExtensionPoints from "./talking/extensionPoints.ts"
import * as Extensions from "./talking/extensions.ts"
import * as Tasks from "./tasks/tasks.ts"
import * as TodoLists from "./todo/todoLists.ts"

/** What a plugin does on its platform beside its commands and views. */
export interface Started {
  readonly fed: ReadonlyArray<FedView>
  readonly queues: ReadonlyArray<DrivenQueue>
  /** The queues of messages to and from other plugins; they are among `queues`. */
  readonly messages: ReadonlyArray<{ readonly plugin: string; readonly queue: string }>
  readonly inbound: ReadonlyArray<InboundTranslations.InboundSlice>
}

/** Starts a plugin's parts, which end with the scope; its queues are left to the caller. A sentence says why one can't. */
export const start = Effect.fnUntraced(function*(
  runtime: PluginRuntime,
  host: Host
): Effect.fn.Return<
  Started,
  string | EventStoreError | ViewStoreError | WorkStoreError,
  EventStores | WorkStores | Scope.Scope
> {
  const { part: received, slices: inbound } = yield* InboundTranslations.make(runtime, host)
  const talking = [...(yield* ExtensionPoints.make(runtime, host)), ...(yield* Extensions.make(runtime, host))]
  const parts = [TodoLists.make(runtime, host), received, Tasks.make(runtime, host), ...talking]
  for (const { fed, fibers, gate = always } of parts) {
    for (const { behavior } of fed) {
      const { spec } = behavior.definition
      yield* runtime.rows.open(spec.name, spec.fingerprint)
    }
    for (const fiber of [...fed.map(({ runner }) => runner.run), ...fibers]) yield* Effect.forkScoped(gate(fiber))
  }
  const queuesOf = ({ gate = always, workers }: PlatformPart): ReadonlyArray<DrivenQueue> =>
    workers.map((worker) => ({ plugin: runtime.plugin.name, store: runtime.work, worker, gate }))
  return {
    fed: parts.flatMap(({ fed }) => fed),
    queues: parts.flatMap(queuesOf),
    messages: talking.flatMap(queuesOf).map(({ plugin, worker: { queue } }) => ({ plugin, queue })),
    inbound
  }
})
