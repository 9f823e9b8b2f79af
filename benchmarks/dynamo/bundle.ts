/** What a function weighs that only handles commands, beside one that has nothing but the client of DynamoDB. */
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { rolldown } from "rolldown"
import type { Options } from "../lib/options.ts"
import { progress, readable } from "../lib/progress.ts"
import type { Report } from "../lib/report.ts"
import { median } from "../lib/statistics.ts"
import * as Temporary from "../lib/temporary.ts"

const folder = path.resolve(import.meta.dirname, "../bundle")
const commands = "function that handles commands"
const bare = "function with the client alone"

/** One module with all that a function needs, but for what is external. */
const bundle = (name: string, external: ReadonlyArray<RegExp>) =>
  Effect.promise(async () => {
    const input = path.join(folder, `${name}.ts`)
    const build = await rolldown({ input, platform: "node", external: [...external], logLevel: "warn" })
    const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false })
    await build.close()
    const [{ code, modules }] = output
    return { code, kib: Buffer.byteLength(code) / 1024, modules }
  })

/** How long a fresh process takes to load a module, in milliseconds. */
const loadTime = (file: string): number => {
  const script = `const start = performance.now(); await import(${JSON.stringify(file)});` +
    "process.stdout.write(String(performance.now() - start))"
  return Number(execFileSync(process.execPath, ["--input-type=module", "--eval", script]))
}

/** The modules of ours that weigh most, before they are minified. */
const heaviest = (modules: Readonly<Record<string, { readonly renderedLength: number }>>): string =>
  Object.entries(modules)
    .filter(([id]) => !id.includes("node_modules"))
    .sort(([, a], [, b]) => b.renderedLength - a.renderedLength)
    .slice(0, 6)
    .map(([id, { renderedLength }]) => `${path.basename(id, ".ts")} ${readable(renderedLength / 1024)}`)
    .join(", ")

export const measure = Effect.fnUntraced(function*(options: Options, report: Report) {
  const ours = yield* bundle("commands", [/^@aws-sdk\//, /^effect\//])
  const withEffect = yield* bundle("commands", [/^@aws-sdk\//])
  const whole = yield* bundle("commands", [])
  const client = yield* bundle("bare", [])
  const pipeline = yield* bundle("pipeline", [/^@aws-sdk\//, /^effect\//])
  const wholePipeline = yield* bundle("pipeline", [])
  const size = (contender: string, value: number) =>
    report.figure({ metric: "bundle, minified", contender, value, unit: "KiB" })
  size(commands, whole.kib)
  size(bare, client.kib)
  size("core and aws, without Effect and the client", ours.kib)
  size("Effect, as far as they use it", withEffect.kib - ours.kib)
  size("the command pipeline without the runtime of a plugin", wholePipeline.kib)
  size("core and aws of that, without Effect and the client", pipeline.kib)

  const temporary = yield* Temporary.folder
  const loaded = (name: string, code: string) => {
    const file = path.join(temporary, `${name.replaceAll(" ", "-")}.mjs`)
    fs.writeFileSync(file, code)
    const times: Array<number> = []
    return { name, file, times }
  }
  const first = loaded(commands, whole.code)
  const second = loaded(bare, client.code)
  const over: Array<number> = []
  for (let round = 0; round <= options.rounds * 4; round++) {
    for (const one of round % 2 === 0 ? [first, second] : [second, first]) one.times.push(loadTime(one.file))
    over.push(first.times.at(-1)! - second.times.at(-1)!)
  }
  for (const { name, times } of [first, second]) {
    report.figure({
      metric: "load time of the bundle in a fresh process",
      contender: name,
      value: median(times),
      unit: "ms"
    })
  }
  progress(`bundle: ours ${readable(ours.kib)} KiB, over the client ${readable(whole.kib - client.kib)} KiB`)
  const target = (claim: string, wanted: number, unit: string, got: number, obstacle?: string) =>
    report.target({ claim, wanted, direction: "at most", unit, got, ...(obstacle === undefined ? {} : { obstacle }) })
  target(
    "bundle: core and aws, without Effect and the client",
    60,
    "KiB",
    ours.kib,
    `with the command pipeline alone, which no public module gives, it is ${
      readable(pipeline.kib)
    }; the heaviest modules ` +
      `before they are minified, in KiB: ${heaviest(ours.modules)}`
  )
  target(
    "bundle: everything over the client",
    180,
    "KiB",
    whole.kib - client.kib,
    `Effect is ${readable(withEffect.kib - ours.kib)} KiB of it; with the command pipeline alone all is ${
      readable(wholePipeline.kib - client.kib)
    }`
  )
  target(
    "bundle: load time over that of the client",
    20,
    "ms",
    median(over),
    "not profiled; two thirds of the code over the client is Effect, which is read and compiled at each start"
  )
  report.note(
    "Bundles are made by rolldown for Node, minified and tree-shaken. The function has one plugin with one slice, the " +
      "command pipeline, the store and the snapshot store on DynamoDB, and no doorbells. Both make their client when they " +
      "are first called, so load time is that of the modules: the median of the differences of fresh processes in turn."
  )
}, Effect.scoped)
