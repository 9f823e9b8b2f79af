/**
 * The snapshot store in memory, for the memory platform.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Snapshot, SnapshotStores } from "./SnapshotStore.ts"

/** The snapshot stores of a platform in memory, one for each plugin name. */
export const layerStores: Layer.Layer<SnapshotStores> = Layer.sync(SnapshotStores, () => {
  const snapshots = new Map<string, Snapshot>()
  return {
    of: (plugin) =>
      Effect.succeed({
        load: (aggregate, id) => Effect.sync(() => snapshots.get(JSON.stringify([plugin, aggregate, id]))),
        save: (aggregate, id, snapshot) =>
          Effect.sync(() => {
            snapshots.set(JSON.stringify([plugin, aggregate, id]), snapshot)
          })
      })
  }
})
