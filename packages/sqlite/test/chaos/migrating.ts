/**
 * A child that dies in a migration: `node migrating.ts <filename> <point> <version>`. Its connection passes everything on
 * to SQLite, and kills at the point, in the step to the version.
 */
import * as Effect from "effect/Effect"
import * as Connection from "../../src/internal/connection.ts"
import { migrate } from "../../src/internal/open.ts"
import { migrations } from "../../src/internal/schema.ts"
import { migrationDeaths } from "./points.ts"

/** A step of a release that doesn't exist: it writes to every event. */
const next = {
  version: migrations.at(-1)!.version + 1,
  sql: "ALTER TABLE events ADD COLUMN note TEXT NOT NULL DEFAULT ''; UPDATE events SET note = 'migrated'"
}

const migrateAndDie = Effect.fnUntraced(function*(filename: string, death: string, version: number) {
  const connection = yield* Connection.open(filename, "FULL", 5000)
  const { sqlite } = connection
  let reached = false
  const dieAt = (point: string) => {
    if (reached && point === death) process.kill(process.pid, "SIGKILL")
  }
  const dying = new Proxy(sqlite, {
    get: (target, name) => {
      if (name === "exec") {
        return (sql: string) => {
          reached = sql.endsWith(`user_version = ${version}`)
          dieAt(migrationDeaths[0])
          target.exec(sql)
        }
      }
      if (name === "prepare") {
        return (sql: string) => {
          const statement = target.prepare(sql)
          if (sql !== "COMMIT") return statement
          const run = () => {
            dieAt(migrationDeaths[1])
            return statement.run()
          }
          return { run }
        }
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" ? value.bind(target) : value
    }
  })
  return yield* migrate({ ...connection, sqlite: dying }, [...migrations, next])
}, Effect.scoped)

await Effect.runPromise(migrateAndDie(process.argv[2]!, process.argv[3]!, Number(process.argv[4])))
