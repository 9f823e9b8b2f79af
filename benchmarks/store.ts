/** `pnpm bench store`: event stores side by side on the same work. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as path from "node:path"
import * as BareSqlite from "./contenders/bareSqlite.ts"
import * as Castore from "./contenders/castore.ts"
import type { Contender } from "./contenders/contender.ts"
import * as Dcb from "./contenders/dcb.ts"
import * as Emmett from "./contenders/emmett.ts"
import * as Postgres from "./contenders/postgres.ts"
import * as Reventless from "./contenders/reventless.ts"
import * as Main from "./lib/main.ts"
import * as Options from "./lib/options.ts"
import { progress } from "./lib/progress.ts"
import * as Report from "./lib/report.ts"
import * as Results from "./lib/results.ts"
import * as Append from "./workloads/append.ts"
import * as BoundaryReads from "./workloads/boundaryReads.ts"
import type { Context } from "./workloads/context.ts"
import * as Courses from "./workloads/courses.ts"
import * as Disjoint from "./workloads/disjoint.ts"
import * as Hot from "./workloads/hot.ts"

const workloads: Readonly<Record<string, (context: Context) => Effect.Effect<unknown>>> = {
  append: Append.run,
  growth: Append.growth,
  disjoint: (context) => Effect.forEach([1, 16, 64], (writers) => Disjoint.run(context, writers)),
  hot: Hot.run,
  courses: Courses.run,
  reads: BoundaryReads.run
}

const durability =
  "Reventless on SQLite and the bare loop sync at each commit (`synchronous=FULL`), PostgreSQL does by default (`fsync` and " +
  "`synchronous_commit` on); all of them on the same disk. The memory stores lose everything with the process. Ratios " +
  "are between equals only."

const program = Effect.scoped(Effect.gen(function*() {
  const options = Options.fromArguments(path.join(import.meta.dirname, "RESULTS.md"))
  const report = Report.make("store")
  report.note(durability)
  const cluster = yield* Postgres.cluster
  report.note(Option.match(cluster, {
    onNone: () => Postgres.missing,
    onSome: ({ version }) =>
      `PostgreSQL ${version} with the defaults of \`initdb\`, on a socket; ${Postgres.connections} connections for each ` +
      "peer, other numbers not tried. The server's processes run beside the one that measures."
  }))
  report.note(
    "The bare loop inserts the same rows into the same tables with the same pragmas, texts made by `JSON.stringify`; it " +
      "reads nothing and checks nothing. Beside several writers it writes groups of 64."
  )
  const peers: ReadonlyArray<Contender> = Option.match(cluster, {
    onNone: () => [],
    onSome: (cluster) => [Dcb.postgres(cluster), Emmett.postgres(cluster)]
  })
  const contenders = [
    Reventless.sqlite,
    BareSqlite.single,
    BareSqlite.grouped,
    ...peers,
    Reventless.memory,
    Dcb.memory,
    Emmett.memory,
    Castore.memory
  ].filter(({ name }) => options.only === undefined || name.includes(options.only))
  for (const [name, run] of Object.entries(workloads)) {
    if (options.workload === undefined || name.includes(options.workload)) yield* run({ contenders, options, report })
  }
  if (options.out !== undefined) Results.write(options.out, report, options)
  progress("done")
}))

Main.run(program)
