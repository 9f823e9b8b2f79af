import { assert, describe, it } from "@effect/vitest"
import { EventStore } from "@reventless/core/EventStore"
import * as Message from "@reventless/core/Message"
import * as EventStoreSqlite from "@reventless/sqlite/EventStoreSqlite"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { run, runProcess } from "./run.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "reventless-cli-"))),
  (created) => Effect.sync(() => fs.rmSync(created, { recursive: true, force: true }))
)

const append = (filename: string) =>
  Effect.gen(function*() {
    const store = yield* EventStore
    yield* store.append([{ type: "Added", tags: [], data: {}, meta: yield* Message.root("Shop.Cart", 1) }])
  }).pipe(Effect.provide(EventStoreSqlite.layer({ filename })))

describe("backups on the command line", () => {
  it.live("a backup is taken while another process has the store open, and restored when none has", () =>
    Effect.gen(function*() {
      const at = yield* folder
      const [file, copy] = [path.join(at, "shop.db"), path.join(at, "copy.db")]
      yield* append(file)
      yield* Effect.gen(function*() {
        const taken = yield* runProcess(["backup", "--file", file, "--to", copy])
        assert.deepStrictEqual([taken.code, taken.error], [0, ""])
        assert.deepInclude(JSON.parse(taken.out), { to: copy, events: 1 })
        const inUse = yield* runProcess(["restore", "--from", copy, "--file", file, "--force"])
        assert.strictEqual(inUse.code, 1)
        assert.include(inUse.error, "is open in another process. Stop what uses it")
      }).pipe(Effect.provide(EventStoreSqlite.layer({ filename: file })))
      yield* append(file)
      const exists = yield* run(["restore", "--from", copy, "--file", file])
      assert.strictEqual(exists.code, 1)
      assert.include(exists.error, "exists already. Give another name, or --force to replace it.")
      const restored = yield* run(["restore", "--from", copy, "--file", file, "--force"], { columns: 120 })
      assert.strictEqual(restored.code, 0)
      assert.match(restored.out, /^1 events? .* in .*shop\.db \(\d+ kB\), checked\.$/m)
    }).pipe(Effect.scoped))

  it.live("what isn't a store is refused in one line", () =>
    Effect.gen(function*() {
      const at = yield* folder
      const diary = path.join(at, "diary")
      fs.writeFileSync(diary, "Dear diary, ".repeat(500))
      const refused = yield* run(["backup", "--file", diary, "--to", path.join(at, "copy.db")])
      assert.strictEqual(refused.code, 1)
      assert.match(refused.error, /Can't open '.*diary': it is not an SQLite database/)
      const missing = yield* run(["backup", "--file", path.join(at, "none"), "--to", path.join(at, "copy.db")])
      assert.match(missing.error, /none' doesn't exist\. Give the file of a store\./)
      assert.deepStrictEqual(fs.readdirSync(at), ["diary"])
    }).pipe(Effect.scoped))
})
