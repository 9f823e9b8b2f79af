import { CommandBus } from "@reventless/core/CommandBus"
import { EventStore, PositionedEventStore } from "@reventless/core/EventStore"
import * as Platform from "@reventless/core/Platform"
import * as Query from "@reventless/core/Query"
import { EventStoreSqlite, SqlitePlatform } from "@reventless/sqlite"
import * as BankPlugin from "@reventless/testing/platform/BankPlugin"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, describe, expect, it } from "vitest"
import { applicationId, migrations } from "../src/internal/schema.ts"
import { looks } from "./chaos/look.ts"
import { migrationDeaths as deaths, points } from "./chaos/points.ts"
import { run, settle } from "./chaos/run.ts"
import { send } from "./chaos/work.ts"
import { event } from "./support.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-chaos-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))

/** A file with some commands. */
const smallBank = (filename: string) =>
  Effect.gen(function*() {
    const bus = yield* CommandBus
    for (const turn of Array.from({ length: 60 }, (_, index) => index)) yield* send(bus, "small", 0, turn)
  }).pipe(
    Effect.provide(
      Platform.layer({ version: "1.0.0", plugins: [BankPlugin.ordered] }).pipe(
        Layer.provide(SqlitePlatform.layer({ filename }))
      )
    )
  )

const seed = process.env.REVENTLESS_SEED ?? String(Math.floor(Math.random() * 2 ** 32))

describe("two processes on one file, of which one is killed", () => {
  it(
    "15 times at a random moment, and once at each named point: nothing acknowledged is lost, nothing is there twice, " +
      "and every view is what follows from the log",
    { timeout: 600_000 },
    async () => {
      const report = await run({ folder, seed, kills: 15 })
      console.log(`kills: ${JSON.stringify({ ...report, violations: report.violations.length })}`)
      expect(report.violations, `seed ${seed}`).toEqual([])
      expect(report.points).toBe(points.length)
      expect(report.acknowledged).toBeGreaterThan(100)
    }
  )
})

describe("a look at a file", () => {
  const ofBank = "FROM events WHERE plugin = (SELECT id FROM plugins WHERE name = 'Bank')"
  const wrongs = {
    "an event is missing": `DELETE FROM events WHERE position = (SELECT max(position) ${ofBank})`,
    "an event is there twice":
      `INSERT INTO events (plugin, type, tags, data, meta) SELECT plugin, type, tags, data, meta ${ofBank} LIMIT 1`,
    "an acknowledged command is forgotten": "DELETE FROM receipts WHERE command = (SELECT max(command) FROM receipts)",
    "a row is behind its checkpoint":
      "UPDATE view_rows SET row = replace(row, 'trail\":', 'trail\":1') WHERE row IS NOT NULL",
    "a row is missing": "DELETE FROM view_rows WHERE row IS NOT NULL",
    "a checkpoint is behind the rows":
      `UPDATE view_generations SET checkpoint = '{"extent":{"_tag":"UpTo","position":10}}' WHERE view = 'Journal'`
  }

  it("finds what is wrong with it, and nothing where nothing is wrong", async () => {
    const filename = path.join(folder, "small.db")
    await Effect.runPromise(smallBank(filename))
    await settle(filename)
    const database = new DatabaseSync(filename)
    const acknowledged = database.prepare("SELECT command, last - first + 1 events FROM receipts").all().map((row) => ({
      commandId: String(row.command),
      events: Number(row.events)
    }))
    expect(looks(filename)(acknowledged, true).violations).toEqual([])
    for (const [wrong, sql] of Object.entries(wrongs)) {
      const copy = path.join(folder, `${Object.keys(wrongs).indexOf(wrong)}.db`)
      database.prepare("VACUUM INTO ?").run(copy)
      const changed = new DatabaseSync(copy)
      changed.exec(sql)
      changed.close()
      const found = looks(copy)(acknowledged, false).violations.length > 0
      expect([wrong, found]).toEqual([wrong, true])
    }
    database.close()
  })
})

describe("a process that is killed in a migration", () => {
  const appended = (filename: string) =>
    Effect.runPromise(
      Effect.flatMap(PositionedEventStore, (store) => Stream.runCollect(store.read(Query.all))).pipe(
        Effect.map((events) => events.map(({ type }) => type)),
        Effect.provide(EventStoreSqlite.layer({ filename }))
      )
    )
  const append = (filename: string, type: string) =>
    Effect.runPromise(
      Effect.flatMap(EventStore, (store) => store.append([event(type)])).pipe(
        Effect.asVoid,
        Effect.provide(EventStoreSqlite.layer({ filename }))
      )
    )
  const latest = migrations.at(-1)!.version
  const die = (filename: string, death: string, version: number) =>
    spawnSync(process.execPath, [path.join(import.meta.dirname, "chaos/migrating.ts"), filename, death, `${version}`])
      .signal
  const look = <A>(filename: string, body: (database: DatabaseSync) => A): A => {
    const database = new DatabaseSync(filename)
    const found = body(database)
    database.close()
    return found
  }

  for (const [index, death] of deaths.entries()) {
    for (const { version } of migrations) {
      it(`${death} to version ${version}, leaves no part of the step: a new file is made anew`, async () => {
        const filename = path.join(folder, `new-${index}-${version}.db`)
        expect(die(filename, death, version)).toBe("SIGKILL")
        expect(look(filename, (database) => database.prepare("PRAGMA user_version").get())).toEqual({
          user_version: version - 1
        })
        await append(filename, "First")
        expect(await appended(filename)).toEqual(["First"])
      })
    }

    it(`${death}, leaves no part of the step: the release before it goes on with the file`, async () => {
      const filename = path.join(folder, `old-${index}.db`)
      await append(filename, "First")
      expect(die(filename, death, latest + 1)).toBe("SIGKILL")
      await append(filename, "Second")
      expect(await appended(filename)).toEqual(["First", "Second"])
      const columns = look(
        filename,
        (database) => database.prepare("SELECT name FROM pragma_table_info('events')").all()
      )
      expect(columns.map(({ name }) => name)).not.toContain("note")
    })

    it(
      `${death} of the step that adds work, leaves a file of version 1, which the next start brings to it`,
      async () => {
        const filename = path.join(folder, `first-${index}.db`)
        look(filename, (database) => {
          database.exec("PRAGMA journal_mode = WAL; BEGIN")
          database.exec(migrations[0]!.sql)
          database.exec(
            `PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1; INSERT INTO plugins VALUES (1, 'default');
           INSERT INTO events VALUES (1, 1, 'First', '[]', '{}', '{}'); COMMIT`
          )
        })
        const schema = (database: DatabaseSync) =>
          database.prepare("SELECT name FROM sqlite_schema ORDER BY name").all()
        const before = look(filename, schema)
        expect(die(filename, death, 2)).toBe("SIGKILL")
        expect(look(filename, schema)).toEqual(before)
        await append(filename, "Second")
        expect(await appended(filename)).toEqual(["First", "Second"])
        expect(look(filename, (database) => database.prepare("SELECT count(*) AS items FROM work").get())).toEqual({
          items: 0
        })
      }
    )
  }
})
