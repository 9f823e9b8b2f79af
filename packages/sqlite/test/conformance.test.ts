import * as EventStoreSqlite from "@reventless/sqlite/EventStoreSqlite"
import * as EventStoreConformance from "@reventless/testing/EventStoreConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

/** A folder of its own for each check, removed at the end. */
const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "reventless-conformance-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
)

EventStoreConformance.suite({
  name: "the SQLite store",
  capabilities: { positions: true, plans: true, atomicReads: true },
  layer: (plan) =>
    Layer.unwrap(
      Effect.map(folder, (folder) => EventStoreSqlite.layer({ filename: path.join(folder, "store.db"), plan }))
    )
})
