import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as EventStoreConformance from "@reventless/testing/EventStoreConformance"

EventStoreConformance.suite({
  name: "the memory store",
  capabilities: { positions: true, plans: true, atomicReads: true },
  layer: EventStoreMemory.layer
})
