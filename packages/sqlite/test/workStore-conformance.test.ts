import { SqlitePlatform } from "@reventless/sqlite"
import * as WorkStoreConformance from "@reventless/testing/WorkStoreConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { newFile } from "./support.ts"

WorkStoreConformance.suite({
  name: "the SQLite store",
  // What the suite claims has nothing to do with power cuts, and waiting for the disk is most of its time.
  layer: () =>
    Layer.unwrap(Effect.map(newFile, (filename) => SqlitePlatform.layer({ filename, synchronous: "NORMAL" })))
})
