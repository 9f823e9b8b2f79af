import * as Platform from "@reventless/core/Platform"
import * as PlatformConformance from "@reventless/testing/PlatformConformance"

PlatformConformance.suite({
  name: "the memory platform",
  capabilities: { durable: false, ordered: true },
  provider: () => Platform.layerMemory
})
