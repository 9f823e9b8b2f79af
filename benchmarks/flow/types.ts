/** How long the compiler takes for an application of 100 slices and 30 aggregates, without views and with 100 of them. */
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { Options } from "../lib/options.ts"
import { progress, readable } from "../lib/progress.ts"
import type { Report } from "../lib/report.ts"
import { median } from "../lib/statistics.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const slices = 100
const aggregates = 30
const commands = 5

const sliceOf = (index: number): string => `
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
export const ThingId = Id.make("thing${index}")
export class Added extends Event.make("Thing${index}Added", { thingId: ThingId, name: Schema.String, count: Schema.Int }) {}
export class Changed extends Event.make("Thing${index}Changed", { thingId: ThingId, name: Schema.String }) {}
export class Removed extends Event.make("Thing${index}Removed", { thingId: ThingId }) {}
export class ThingExists extends Schema.TaggedError<ThingExists>()("Thing${index}Exists", { thingId: ThingId }) {}
export class AddThing extends StateChangeSlice.make("AddThing${index}", {
  command: { thingId: ThingId, name: Schema.NonEmptyString, count: Schema.Int },
  consumes: [Added, Changed, Removed],
  produces: [Added, Changed],
  errors: [ThingExists]
}) {}
export const AddThingLive = AddThing.behavior({
  initial: { exists: false, name: "" },
  evolve: {
    Thing${index}Added: (_, { name }) => ({ exists: true, name }),
    Thing${index}Changed: (state, { name }) => ({ ...state, name }),
    Thing${index}Removed: (state) => ({ ...state, exists: false })
  },
  decide: (command, state) =>
    state.exists ? Effect.fail(new ThingExists({ thingId: command.thingId })) : Effect.succeed([Added.make(command)])
})
`

const viewOf = (index: number): string => `
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Schema from "effect/Schema"
import { Added, Changed, Removed, ThingId } from "./slice${index}.ts"
export class Things extends StateViewSlice.make("Things${index}", {
  row: { thingId: ThingId, name: Schema.String },
  key: "thingId",
  consumes: [Added, Changed, Removed],
  indexes: { byName: ["name"] }
}) {}
export const ThingsLive = Things.projection((rows) => ({
  Thing${index}Added: ({ thingId, name }) => rows.set({ thingId, name }),
  Thing${index}Changed: ({ thingId, name }) => rows.update(thingId, (row) => ({ ...row, name })),
  Thing${index}Removed: ({ thingId }) => rows.remove(thingId)
}))
`

const range = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index)

const aggregateOf = (index: number): string => `
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
const EntityId = Id.make("entity${index}")
${
  range(commands).map((one) =>
    `export class Done${one} extends Event.make("Entity${index}Done${one}", { entityId: EntityId, text: Schema.String }) {}`
  ).join("\n")
}
export class Entity extends Aggregate.make("Entity${index}", {
  id: EntityId,
  commands: [
    ${
  range(commands).map((one) => `Command.make("Do${one}", { entityId: EntityId, text: Schema.NonEmptyString })`).join(
    ",\n    "
  )
}
  ],
  events: [${range(commands).map((one) => `Done${one}`).join(", ")}]
}) {}
export const EntityLive = Entity.behavior({
  initial: { count: 0 },
  evolve: {
    ${range(commands).map((one) => `Entity${index}Done${one}: ({ count }) => ({ count: count + 1 })`).join(",\n    ")}
  },
  decide: {
    ${range(commands).map((one) => `Do${one}: (command) => Effect.succeed([Done${one}.make(command)])`).join(",\n    ")}
  }
})
`

const mainOf = (views: boolean): string => `
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
${range(slices).map((index) => `import * as Slice${index} from "./slice${index}.ts"`).join("\n")}
${views ? range(slices).map((index) => `import * as View${index} from "./view${index}.ts"`).join("\n") : ""}
${range(aggregates).map((index) => `import * as Aggregate${index} from "./aggregate${index}.ts"`).join("\n")}
export const Large = Plugin.make("Large", {
  version: "1.0.0",
  aggregates: [${range(aggregates).map((index) => `Aggregate${index}.EntityLive`).join(", ")}],
  stateChangeSlices: [${range(slices).map((index) => `Slice${index}.AddThingLive`).join(", ")}],
  stateViewSlices: [${views ? range(slices).map((index) => `View${index}.ThingsLive`).join(", ") : ""}]
})
export const Main = Platform.layer({ version: "1.0.0", plugins: [Large] })
`

/** Writes the application inside the workspace, where its packages are found; without the editor's own diagnostics. */
const generate = (views: boolean) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = fs.mkdtempSync(path.join(root, "benchmarks", "dist", "types-"))
      const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text)
      for (const index of range(slices)) {
        write(`slice${index}.ts`, sliceOf(index))
        if (views) write(`view${index}.ts`, viewOf(index))
      }
      for (const index of range(aggregates)) write(`aggregate${index}.ts`, aggregateOf(index))
      write("main.ts", mainOf(views))
      const compilerOptions = { rootDir: ".", outDir: "out", plugins: [], incremental: false, composite: false }
      const references = [{ path: "../../../packages/core/tsconfig.src.json" }]
      write(
        "tsconfig.json",
        JSON.stringify({ extends: "../../../tsconfig.base.json", compilerOptions, include: ["*.ts"], references })
      )
      return folder
    }),
    (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
  )

const secondsOf = (output: string, what: string): number =>
  Number(new RegExp(`^${what} time:\\s+([\\d.]+)s`, "m").exec(output)?.[1] ?? Number.NaN)

/** The seconds that the compiler takes in all, and for checking, in each round but the first. */
const measure = Effect.fnUntraced(function*(options: Options, views: boolean) {
  const folder = yield* generate(views)
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc")
  const rounds: Array<{ readonly total: number; readonly checking: number }> = []
  for (let round = 0; round <= options.rounds; round++) {
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--extendedDiagnostics"], {
      encoding: "utf8"
    })
    if (status !== 0) return yield* Effect.die(new Error(`the application doesn't compile: ${stdout.slice(0, 2000)}`))
    const measured = { total: secondsOf(stdout, "Total"), checking: secondsOf(stdout, "Check") }
    if (round > 0) rounds.push(measured)
    progress(
      `types${views ? " with views" : ""}, round ${round} of ${options.rounds}: ${
        readable(measured.total)
      } s, of which ` +
        `checking ${readable(measured.checking)} s`
    )
  }
  return { total: median(rounds.map(({ total }) => total)), checking: median(rounds.map(({ checking }) => checking)) }
}, Effect.scoped)

export const run = Effect.fnUntraced(function*(report: Report, options: Options) {
  const contender = "tsc"
  const metric = `types: an application of ${slices} slices and ${aggregates} aggregates`
  const bare = yield* measure(options, false)
  report.figure({ metric: `${metric}, the compiler's own total`, contender, value: bare.total, unit: "s" })
  report.figure({ metric: `${metric}, checking`, contender, value: bare.checking, unit: "s" })
  const { total } = yield* measure(options, true)
  report.figure({
    metric: `${metric}, and ${slices} views, the compiler's own total`,
    contender,
    value: total,
    unit: "s"
  })
  report.target({
    claim: `type-check of a platform with ${slices} slices and ${aggregates} aggregates`,
    wanted: 3,
    direction: "at most",
    unit: "s",
    got: bare.total,
    obstacle: "the compiler's checkers each infer what they need of other files"
  })
})
