/** A private PostgreSQL cluster with the defaults of `initdb`, on a socket in a folder of its own; gone with the scope. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { execFileSync, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { Client, type CustomTypesConfig, Pool, types as driverTypes } from "pg"
import { progress } from "../lib/progress.ts"
import * as Temporary from "../lib/temporary.ts"

export interface Cluster {
  readonly version: string
  /** A new database, and connections to it; both are for one contender. */
  readonly database: (types?: CustomTypesConfig) => Effect.Effect<Database, never, Scope.Scope>
}

export interface Database {
  readonly url: string
  readonly pool: Pool
  /** Runs statements one after the other on a connection of their own, without the limits that a peer sets on its own. */
  readonly setUp: (...statements: ReadonlyArray<string>) => Effect.Effect<void>
}

export const missing =
  "PostgreSQL isn't installed, so its peers aren't measured and ratios to them are absent. On Debian: " +
  "`apt-get install postgresql`; elsewhere put `initdb` and `postgres` on the path."

/** Connections of each contender; the driver's default is 10. Other numbers were not tried. */
export const connections = 20

const programs = (): Option.Option<string> => {
  const folders = [
    ...(process.env["PATH"] ?? "").split(path.delimiter),
    ...fs.globSync("/usr/lib/postgresql/*/bin").sort().reverse()
  ]
  return Option.fromUndefinedOr(
    folders.find((folder) =>
      folder !== "" && ["initdb", "postgres"].every((name) => fs.existsSync(path.join(folder, name)))
    )
  )
}

interface User {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made, or as nobody. */
const userToRunAs = (): User | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string, user: string) => Number(execFileSync("id", [flag, user], { stdio: "pipe" }).toString())
  for (const user of ["postgres", "nobody"]) {
    try {
      return { uid: id("-u", user), gid: id("-g", user) }
    } catch {
      continue
    }
  }
  throw new Error("PostgreSQL can't run as root, and there is no user 'postgres' or 'nobody'")
}

/**
 * One of the peers changes for the whole process how the driver reads 64-bit numbers, and the other then can't read its
 * positions. This keeps the driver's own way, which is text.
 */
export const numbersAsText: CustomTypesConfig = {
  getTypeParser: (oid, format) => oid === 20 ? (value: string) => value : driverTypes.getTypeParser(oid, format)
}

const ready = async (pool: Pool): Promise<void> => {
  const end = performance.now() + 30_000
  while (true) {
    try {
      await pool.query("SELECT 1")
      return
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

const runAll = async (connectionString: string, statements: ReadonlyArray<string>): Promise<void> => {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

const start = Effect.fnUntraced(function*(programs: string) {
  const folder = yield* Temporary.folder
  const user = yield* Effect.sync(userToRunAs)
  if (user !== undefined) fs.chownSync(folder, user.uid, user.gid)
  const data = path.join(folder, "data")
  const as = { ...user, cwd: folder }
  progress("starting a private PostgreSQL cluster")
  execFileSync(path.join(programs, "initdb"), ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"], {
    ...as,
    stdio: "pipe"
  })
  const log = fs.openSync(path.join(folder, "log"), "a")
  const args = ["-D", data, "-k", folder, "-c", "listen_addresses="]
  yield* Effect.acquireRelease(
    Effect.sync(() => spawn(path.join(programs, "postgres"), args, { ...as, stdio: ["ignore", log, log] })),
    (server) =>
      Effect.promise(() =>
        new Promise<void>((resolve) => {
          server.once("exit", () => resolve())
          // Ends the connections that are still open, then the server: its "fast shutdown".
          if (server.exitCode !== null || !server.kill("SIGINT")) resolve()
        })
      )
  )
  const url = (database: string) => `postgresql://bench@localhost/${database}?host=${encodeURIComponent(folder)}`
  const pool = (database: string, max: number, types?: CustomTypesConfig) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const pool = new Pool({ connectionString: url(database), max, ...(types === undefined ? {} : { types }) })
        // A connection that the server ends while the pool is closing is no failure.
        pool.on("error", () => undefined)
        return pool
      }),
      (pool) => Effect.promise(() => pool.end())
    )
  const admin = yield* pool("postgres", 1)
  yield* Effect.promise(() => ready(admin))
  const { rows } = yield* Effect.promise(() => admin.query<{ server_version: string }>("SHOW server_version"))
  let databases = 0
  const cluster: Cluster = {
    version: rows[0]!.server_version.split(" ")[0]!,
    database: Effect.fnUntraced(function*(types) {
      const name = `bench_${++databases}`
      yield* Effect.promise(() => admin.query(`CREATE DATABASE ${name}`))
      return {
        url: url(name),
        pool: yield* pool(name, connections, types),
        setUp: (...statements) => Effect.promise(() => runAll(url(name), statements))
      }
    })
  }
  return cluster
})

/** Starts a cluster; none where PostgreSQL isn't installed. */
export const cluster: Effect.Effect<Option.Option<Cluster>, never, Scope.Scope> = Effect.suspend(() =>
  Option.match(programs(), {
    onNone: () => Effect.succeedNone,
    onSome: (folder) => Effect.asSome(start(folder))
  })
)
