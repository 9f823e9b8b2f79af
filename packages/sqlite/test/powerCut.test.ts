import { assert, describe, it } from "@effect/vitest"
import * as Extent from "@reventless/core/Extent"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as path from "node:path"
import * as EventStoreSqlite from "../src/EventStoreSqlite.ts"
import * as Database from "../src/internal/database.ts"
import * as ViewStoreSqlite from "../src/ViewStoreSqlite.ts"
import { event, folder } from "./support.ts"

const openFile = Effect.fnUntraced(function*(filename: string) {
  const database = yield* Database.make({ filename })
  return {
    store: yield* EventStoreSqlite.make(database, { name: "Shop", plan: IndexPlan.open }),
    views: yield* ViewStoreSqlite.make(database, "Shop")
  }
})

const rounds = 40

/** Appends, and applies each event to a view, as the view engine does. */
const work = Effect.fnUntraced(function*(filename: string) {
  const { store, views } = yield* openFile(filename)
  yield* views.open("carts", "a")
  for (let round = 0; round < rounds; round++) {
    const { events } = yield* store.append([event("Added", [`cart:${round}`], "x".repeat(500))])
    yield* views.commit({
      view: "carts",
      generation: 1,
      revision: round,
      checkpoint: { extent: Extent.upTo(events[0]!.position) },
      writes: [{ id: { key: `${round}`, sort: "" }, row: round, version: 1, previous: undefined, entries: [] }],
      park: [],
      release: [],
      skip: []
    })
  }
})

/** What a power cut may leave of the write-ahead log: the part that was synced, and any part of what follows. */
const looksAt = Effect.fnUntraced(function*(filename: string) {
  const { store, views } = yield* openFile(filename)
  const events = yield* Stream.runCollect(store.read(Query.all))
  const [state] = yield* views.open("carts", "a")
  const rows = yield* views.list("carts", 1, {
    index: undefined,
    from: undefined,
    to: undefined,
    after: undefined,
    reverse: false,
    limit: 1000
  })
  const { extent } = state.checkpoint
  return {
    head: events.at(-1)?.position ?? 0,
    events: events.length,
    checkpoint: extent._tag === "UpTo" ? extent.position : 0,
    rows: rows.length,
    revision: state.revision
  }
}, Effect.scoped)

describe("a power cut", () => {
  it.live(
    "leaves a beginning of the log, and no view that knows more than the log or has half a step",
    () =>
      Effect.gen(function*() {
        const created = yield* folder
        const filename = path.join(created, "store.db")
        const cut = path.join(created, "cut.db")
        const { database, wal } = yield* Effect.scoped(Effect.map(
          work(filename),
          () => ({ database: fs.readFileSync(filename), wal: fs.readFileSync(`${filename}-wal`) })
        ))
        const seen = new Set<number>()
        for (let part = 0; part <= 120; part++) {
          for (const suffix of ["-wal", "-shm"]) fs.rmSync(cut + suffix, { force: true })
          fs.writeFileSync(cut, database)
          fs.writeFileSync(`${cut}-wal`, wal.subarray(0, Math.floor((wal.length * part) / 120)))
          const found = yield* looksAt(cut)
          seen.add(found.events)
          assert.isAtMost(found.checkpoint, found.head)
          assert.strictEqual(found.rows, found.revision)
          assert.strictEqual(found.checkpoint, found.revision === 0 ? 0 : found.rows)
        }
        assert.isAbove(seen.size, rounds / 2)
        assert.isTrue(seen.has(rounds))
      }).pipe(Effect.scoped)
  )
})
