/** One of several processes on one file: `node process.ts <file> <name>`. It waits for a line, works, and says what it did. */
import * as EventStoreSqlite from "@reventless/sqlite/EventStoreSqlite"
import * as EventStoreHistory from "@reventless/testing/EventStoreHistory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { once } from "node:events"
import { key } from "./key.ts"
import * as SealedStore from "./SealedStore.ts"

const [filename = "", name = ""] = process.argv.slice(2)

const store = SealedStore.layer(key).pipe(Layer.provide(EventStoreSqlite.layer({ filename })))

const work = Effect.gen(function*() {
  console.log("ready")
  yield* Effect.promise(() => once(process.stdin, "data"))
  // All processes of a machine share its monotonic clock.
  const tick = () => Number(process.hrtime.bigint())
  const done = yield* EventStoreHistory.operations("my seed", { fibers: 4, turns: 40 }, { name, tick })
  console.log(JSON.stringify(done))
})

await Effect.runPromise(Effect.provide(work, store))
process.stdin.destroy()
