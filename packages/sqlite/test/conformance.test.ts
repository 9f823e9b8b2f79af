import { EventStoreSqlite } from "@reventless/sqlite"
import * as EventStoreConformance from "@reventless/testing/EventStoreConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { newFile } from "./support.ts"

EventStoreConformance.suite({
  name: "the SQLite store",
  capabilities: { positions: true, plans: true },
  layer: (plan) => Layer.unwrap(Effect.map(newFile, (filename) => EventStoreSqlite.layer({ filename, plan })))
})
