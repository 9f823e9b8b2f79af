import { assert, it } from "@effect/vitest"
import { EventStore } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as EventStoreSqlite from "@reventless/sqlite/EventStoreSqlite"
import * as EventStoreHistory from "@reventless/testing/EventStoreHistory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as readline from "node:readline"
import { key } from "../own-store/key.ts"
import * as SealedStore from "../own-store/SealedStore.ts"

// #region processes
const program = path.join(import.meta.dirname, "../own-store/process.ts")

/** Starts a process, and says where its lines come from and how it is told to begin. */
const start = (filename: string, name: string) => {
  const child = spawn(process.execPath, [program, filename, name], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { next: async () => (await lines.next()).value as string, begin: () => child.stdin.write("go\n") }
}

/** What three processes did and saw on one file. */
const work = async (filename: string) => {
  const children = ["one", "two", "three"].map((name) => start(filename, `${name}-`))
  for (const { next } of children) assert.strictEqual(await next(), "ready")
  for (const { begin } of children) begin()
  return Promise.all(
    children.map(async ({ next }) => JSON.parse(await next()) as ReadonlyArray<EventStoreHistory.Operation>)
  )
}

it.live("three processes leave a history that happened as if one by one", () =>
  Effect.gen(function*() {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "sealed-"))),
      (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
    )
    const filename = path.join(folder, "store.db")
    const operations = (yield* Effect.promise(() => work(filename))).flat()
    const store = SealedStore.layer(key).pipe(Layer.provide(EventStoreSqlite.layer({ filename })))
    const log = yield* Effect.flatMap(EventStore, (store) => Stream.runCollect(store.read(Query.all))).pipe(
      Effect.provide(store)
    )
    assert.deepStrictEqual(EventStoreHistory.violations({ operations, log }), [])
    assert.deepStrictEqual(EventStoreHistory.violationsInCommitOrder({ operations, log }), [])
    assert.isAbove(operations.filter(({ accepted }) => !accepted).length, 0, "they got in each other's way")
  }).pipe(Effect.scoped))
// #endregion processes
