import * as Platform from "@reventless/core/Platform"
import * as PlatformConformance from "@reventless/testing/PlatformConformance"
import * as Layer from "effect/Layer"
import { key } from "../own-store/key.ts"
import * as SealedPlatform from "../own-store/SealedPlatform.ts"

PlatformConformance.suite({
  name: "the sealed platform",
  capabilities: { durable: false, ordered: true },
  provider: () => SealedPlatform.layer(key).pipe(Layer.provideMerge(Platform.layerMemory))
})
