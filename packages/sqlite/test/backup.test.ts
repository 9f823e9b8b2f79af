import { assert, describe, it } from "@effect/vitest"
import { EventStore, PositionedEventStore } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import { ViewStores } from "@reventless/core/ViewStore"
import { EventStoreSqlite, SqliteBackup, SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { event, folder, start } from "./support.ts"

const append = (filename: string, ...types: ReadonlyArray<string>) =>
  Effect.flatMap(EventStore, (store) => store.append(types.map((type) => event(type)))).pipe(
    Effect.provide(EventStoreSqlite.layer({ filename }))
  )

/** Every event of a file, also of other plugins. */
const events = (filename: string) => {
  const sqlite = new DatabaseSync(filename)
  const found = sqlite.prepare("SELECT * FROM events ORDER BY position").all()
  sqlite.close()
  return found
}

const types = (filename: string) =>
  Effect.flatMap(PositionedEventStore, (store) => Stream.runCollect(store.read(Query.all))).pipe(
    Effect.map((found) => found.map(({ type }) => type)),
    Effect.provide(EventStoreSqlite.layer({ filename }))
  )

/** A folder with a store of two events, and names for other files in it. */
const shop = Effect.gen(function*() {
  const at = yield* folder
  const name = (file: string) => path.join(at, file)
  const file = name("shop.db")
  yield* append(file, "First", "Second")
  return { file, name, files: () => fs.readdirSync(at).toSorted() }
})

describe("a backup", () => {
  it.live("is the history up to an instant, however many write while it is taken", () =>
    Effect.gen(function*() {
      const { file, name } = yield* shop
      const hammer = yield* start(file, "hammer")
      yield* hammer.line
      const copies: Array<string> = []
      const counts: Array<number> = []
      for (let n = 1; n <= 8; n++) {
        const to = name(`copy-${n}.db`)
        const acknowledged = hammer.lines().length
        // Between two backups something was written.
        while (hammer.lines().length === acknowledged) yield* Effect.sleep(2)
        const before = 2 * hammer.lines().length
        const { bytes, events } = yield* SqliteBackup.backup({ file, to })
        assert.strictEqual(bytes, fs.statSync(to).size)
        copies.push(to)
        counts.push(events)
        // What was acknowledged before it began is in it.
        assert.isAtLeast(events, before)
      }
      yield* hammer.kill
      yield* hammer.ended
      const history = events(file)
      for (const [index, copy] of copies.entries()) {
        assert.deepStrictEqual(events(copy), history.slice(0, counts[index]))
      }
      assert.isAbove(counts.at(-1)!, counts[0]!)
      assert.deepStrictEqual(copies.filter((copy) => fs.existsSync(`${copy}.part`)), [])
    }).pipe(Effect.scoped))

  it.live("opens as a store, and nobody feeds its views", () =>
    Effect.gen(function*() {
      const { file, files, name } = yield* shop
      const owner = yield* start(file, "own")
      yield* owner.line
      yield* SqliteBackup.backup({ file, to: name("copy.db") })
      assert.deepStrictEqual(files(), ["copy.db", "shop.db", "shop.db-shm", "shop.db-wal"])
      yield* Effect.gen(function*() {
        const rows = yield* Effect.flatMap(ViewStores, (stores) => stores.of("Shop"))
        yield* Effect.timeout(rows.own("carts"), "1 second")
      }).pipe(Effect.scoped, Effect.provide(SqlitePlatform.layer({ filename: name("copy.db") })))
      assert.deepStrictEqual(yield* types(name("copy.db")), ["First", "Second"])
    }).pipe(Effect.scoped))

  it.live("is refused where there is no store, or a file already, and leaves nothing behind", () =>
    Effect.gen(function*() {
      const { file, files, name } = yield* shop
      fs.writeFileSync(name("diary"), "Dear diary, ".repeat(500))
      fs.writeFileSync(name("empty"), "")
      const other = new DatabaseSync(name("recipes.db"))
      other.exec("CREATE TABLE recipes (name TEXT)")
      other.close()
      const before = files()
      const refused: ReadonlyArray<readonly [file: string, to: string, tag: string, reason: string]> = [
        ["nothing.db", "copy.db", "SqliteBackupError", "Missing"],
        ["empty", "copy.db", "SqliteBackupError", "Missing"],
        ["diary", "copy.db", "SqliteOpenError", "NotADatabase"],
        ["recipes.db", "copy.db", "SqliteOpenError", "Foreign"],
        ["shop.db", "diary", "SqliteBackupError", "Exists"],
        ["shop.db", "shop.db", "SqliteBackupError", "Exists"],
        ["shop.db", "nowhere/copy.db", "SqliteBackupError", "Unusable"]
      ]
      for (const [from, to, tag, reason] of refused) {
        const error = yield* Effect.flip(SqliteBackup.backup({ file: name(from), to: name(to) }))
        assert.deepStrictEqual([error._tag, error.reason], [tag, reason], `${from} to ${to}: ${error.message}`)
      }
      assert.deepStrictEqual(files(), before)
      assert.strictEqual(events(file).length, 2)
    }).pipe(Effect.scoped))
})

describe("restoring a backup", () => {
  it.live("gives the store back, and the application goes on from there", () =>
    Effect.gen(function*() {
      const { file, name } = yield* shop
      yield* SqliteBackup.backup({ file, to: name("copy.db") })
      yield* append(file, "Third")
      assert.deepInclude(yield* SqliteBackup.restore({ from: name("copy.db"), file: name("new.db") }), { events: 2 })
      yield* append(name("new.db"), "Fourth")
      assert.deepStrictEqual(yield* types(name("new.db")), ["First", "Second", "Fourth"])
    }).pipe(Effect.scoped))

  it.live("leaves a store that is there as it is, and replaces it by force", () =>
    Effect.gen(function*() {
      const { file, files, name } = yield* shop
      yield* SqliteBackup.backup({ file, to: name("copy.db") })
      yield* append(file, "Third")
      const refused = yield* Effect.flip(SqliteBackup.restore({ from: name("copy.db"), file }))
      assert.strictEqual(refused.reason, "Exists")
      assert.include(refused.message, "'force'")
      assert.deepStrictEqual(yield* types(file), ["First", "Second", "Third"])
      yield* SqliteBackup.restore({ from: name("copy.db"), file, force: true })
      assert.deepStrictEqual(files(), ["copy.db", "shop.db"])
      assert.deepStrictEqual(yield* types(file), ["First", "Second"])
    }).pipe(Effect.scoped))

  it.live("is refused while the store is in use, also by force, and nothing of it changes", () =>
    Effect.gen(function*() {
      const { file, name } = yield* shop
      yield* SqliteBackup.backup({ file, to: name("copy.db") })
      yield* append(file, "Third")
      const user = yield* start(file, "own")
      yield* user.line
      const error = yield* Effect.flip(SqliteBackup.restore({ from: name("copy.db"), file, force: true }))
      assert.strictEqual(error.reason, "InUse")
      assert.include(error.message, "Stop what uses it")
      yield* append(file, "Fourth")
      yield* user.kill
      yield* user.ended
      assert.deepStrictEqual(yield* types(file), ["First", "Second", "Third", "Fourth"])
      yield* SqliteBackup.restore({ from: name("copy.db"), file, force: true })
      assert.deepStrictEqual(yield* types(file), ["First", "Second"])
    }).pipe(Effect.scoped))

  it.live("what a killed process left beside the replaced file isn't taken for the restored one's", () =>
    Effect.gen(function*() {
      const { file, name } = yield* shop
      yield* SqliteBackup.backup({ file, to: name("copy.db") })
      const killed = yield* start(file, "hammer")
      yield* killed.line
      yield* killed.kill
      yield* killed.ended
      assert.isTrue(fs.existsSync(`${file}-wal`))
      yield* SqliteBackup.restore({ from: name("copy.db"), file, force: true })
      assert.deepStrictEqual(yield* types(file), ["First", "Second"])
      // The same when the file itself is gone and what was beside it isn't.
      const again = yield* start(file, "hammer")
      yield* again.line
      yield* again.kill
      yield* again.ended
      fs.rmSync(file)
      yield* SqliteBackup.restore({ from: name("copy.db"), file })
      assert.deepStrictEqual(yield* types(file), ["First", "Second"])
    }).pipe(Effect.scoped))

  it.live("replaces a file that is damaged, but not that of another program", () =>
    Effect.gen(function*() {
      const { file, name } = yield* shop
      yield* SqliteBackup.backup({ file, to: name("copy.db") })
      fs.writeFileSync(file, "x".repeat(5000))
      yield* SqliteBackup.restore({ from: name("copy.db"), file, force: true })
      assert.deepStrictEqual(yield* types(file), ["First", "Second"])
      const other = new DatabaseSync(name("recipes.db"))
      other.exec("CREATE TABLE recipes (name TEXT)")
      other.close()
      const before = fs.readFileSync(name("recipes.db"))
      const error = yield* Effect.flip(
        SqliteBackup.restore({ from: name("copy.db"), file: name("recipes.db"), force: true })
      )
      assert.strictEqual(error.reason, "Foreign")
      assert.isTrue(before.equals(fs.readFileSync(name("recipes.db"))))
    }).pipe(Effect.scoped))

  it.live("a backup that isn't whole is refused, and the store stays", () =>
    Effect.gen(function*() {
      const { file, files, name } = yield* shop
      yield* append(file, ...Array.from({ length: 2000 }, () => "Third"))
      yield* SqliteBackup.backup({ file, to: name("copy.db") })
      fs.truncateSync(name("copy.db"), 30 * 4096)
      const before = files()
      const error = yield* Effect.flip(SqliteBackup.restore({ from: name("copy.db"), file, force: true }))
      assert.include(["Damaged", "NotADatabase"], error.reason)
      assert.deepStrictEqual(files(), before)
      assert.strictEqual(events(file).length, 2002)
    }).pipe(Effect.scoped))
})
