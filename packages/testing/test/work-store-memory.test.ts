import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as WorkStoreConformance from "@reventless/testing/WorkStoreConformance"

WorkStoreConformance.suite({ name: "the memory store", layer: () => WorkStoreMemory.layerStores })
