import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import { EventStoreSqlite } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { storeContract } from "./contract.ts"
import { newFile } from "./support.ts"

storeContract("the memory store", EventStoreMemory.layer())
storeContract(
  "the SQLite store",
  Layer.unwrap(Effect.map(newFile, (filename) => EventStoreSqlite.layer({ filename })))
)
storeContract(
  "the SQLite store with synchronous=NORMAL",
  Layer.unwrap(Effect.map(newFile, (filename) => EventStoreSqlite.layer({ filename, synchronous: "NORMAL" })))
)
