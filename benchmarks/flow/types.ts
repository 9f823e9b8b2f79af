/** What an application of 100 slices and 30 aggregates takes the compiler, without views and with 100 of them. */
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

interface Kind {
  readonly views: boolean
  /** With Effect's diagnostics, which the compiler of this workspace makes while it checks. */
  readonly diagnostics: boolean
}

/** The options of this workspace. A folder that extends them has their plugins, whatever its own say. */
const optionsOf = ({ diagnostics }: Kind): object => {
  const { compilerOptions: { plugins, ...compilerOptions } } = JSON.parse(
    fs.readFileSync(path.join(root, "tsconfig.base.json"), "utf8")
  )
  const own = { rootDir: ".", outDir: "out", incremental: false, composite: false }
  return { ...compilerOptions, ...diagnostics ? { plugins } : {}, ...own }
}

/** Writes the application inside the workspace, where its packages are found. */
const generate = (kind: Kind) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = fs.mkdtempSync(path.join(root, "benchmarks", "dist", "types-"))
      const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text)
      for (const index of range(slices)) {
        write(`slice${index}.ts`, sliceOf(index))
        if (kind.views) write(`view${index}.ts`, viewOf(index))
      }
      for (const index of range(aggregates)) write(`aggregate${index}.ts`, aggregateOf(index))
      write("main.ts", mainOf(kind.views))
      const references = [{ path: "../../../packages/core/tsconfig.src.json" }]
      write("tsconfig.json", JSON.stringify({ compilerOptions: optionsOf(kind), include: ["*.ts"], references }))
      return folder
    }),
    (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
  )

const secondsOf = (output: string, what: string): number =>
  Number(new RegExp(`^${what} time:\\s+([\\d.]+)s`, "m").exec(output)?.[1] ?? Number.NaN)

const instantiationsOf = (output: string): number => Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1] ?? Number.NaN)

/**
 * The seconds that the compiler takes in all, and for checking, in each round but the first; and how many types it
 * instantiates when one checker does everything, which is the same whatever else the machine does.
 */
const measure = Effect.fnUntraced(function*(options: Options, kind: Kind) {
  const folder = yield* generate(kind)
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc")
  const compile = Effect.fnUntraced(function*(...flags: ReadonlyArray<string>) {
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--extendedDiagnostics", ...flags], {
      encoding: "utf8"
    })
    return status === 0
      ? stdout
      : yield* Effect.die(new Error(`the application doesn't compile: ${stdout.slice(0, 2000)}`))
  })
  const instantiations = instantiationsOf(yield* compile("--singleThreaded"))
  const rounds: Array<{ readonly total: number; readonly checking: number }> = []
  for (let round = 0; round <= options.rounds; round++) {
    const output = yield* compile()
    const measured = { total: secondsOf(output, "Total"), checking: secondsOf(output, "Check") }
    if (round > 0) rounds.push(measured)
    progress(
      `types${kind.views ? " with views" : ""}${kind.diagnostics ? " and diagnostics" : ""}, ` +
        `round ${round} of ${options.rounds}: ${readable(measured.total)} s, of which ` +
        `checking ${readable(measured.checking)} s`
    )
  }
  return {
    instantiations,
    total: median(rounds.map(({ total }) => total)),
    checking: median(rounds.map(({ checking }) => checking))
  }
}, Effect.scoped)

export const run = Effect.fnUntraced(function*(report: Report, options: Options) {
  const contender = "tsc"
  const metric = `types: an application of ${slices} slices and ${aggregates} aggregates`
  const bare = yield* measure(options, { views: false, diagnostics: false })
  report.figure({ metric: `${metric}, the compiler's own total`, contender, value: bare.total, unit: "s" })
  report.figure({ metric: `${metric}, checking`, contender, value: bare.checking, unit: "s" })
  report.figure({ metric: `${metric}, one checker`, contender, value: bare.instantiations, unit: "instantiations" })
  const diagnosed = yield* measure(options, { views: false, diagnostics: true })
  report.figure({
    metric: `${metric}, with Effect's diagnostics, the compiler's own total`,
    contender,
    value: diagnosed.total,
    unit: "s"
  })
  const viewed = yield* measure(options, { views: true, diagnostics: false })
  report.figure({
    metric: `${metric}, and ${slices} views, the compiler's own total`,
    contender,
    value: viewed.total,
    unit: "s"
  })
  report.figure({
    metric: `${metric}, and ${slices} views, one checker`,
    contender,
    value: viewed.instantiations,
    unit: "instantiations"
  })
  report.target({
    claim: `type-check of a platform with ${slices} slices and ${aggregates} aggregates`,
    wanted: 3,
    direction: "at most",
    unit: "s",
    got: bare.total,
    obstacle: "the checker of the file that lists the components infers the types of all of them"
  })
})
