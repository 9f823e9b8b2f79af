import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as EventStoreConformance from "@reventless/testing/EventStoreConformance"
import * as Layer from "effect/Layer"
import { key } from "../own-store/key.ts"
import * as SealedStore from "../own-store/SealedStore.ts"

EventStoreConformance.suite({
  name: "the sealed store",
  capabilities: { positions: true, plans: true, atomicReads: true },
  layer: (plan) => SealedStore.layer(key).pipe(Layer.provide(EventStoreMemory.layer(plan)))
})
