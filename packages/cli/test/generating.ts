import * as Effect from "effect/Effect"
import { type MemoryFiles, memoryFiles } from "./memoryFiles.ts"
import { run } from "./run.ts"

/** The files of a plugin in the folder `catalog`, by their names in it. */
export type Files = Readonly<Record<string, string>>

export const packageJson = (fields: object = {}): Files => ({
  "package.json": JSON.stringify({ name: "@acme/catalog", version: "1.0.0", ...fields })
})

/** A definition. */
export const definition = (name: string, kind = "StateChangeSlice"): string =>
  `import * as ${kind} from "@reventless/core/${kind}"\nexport class ${name} extends ${kind}.make("${name}", {}) {}\n`

/** A body. */
export const body = (live: string): string => `export const ${live} = undefined\n`

/** A state change slice in a folder of its name. */
export const slice = (name: string): Files => ({
  [`src/${name}/${name}.ts`]: definition(name),
  [`src/${name}/${name}_Behavior.ts`]: body(`${name}Live`)
})

export const inFolder = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text]))

export const catalog = (files: Files, ...order: [Parameters<typeof memoryFiles>[1]?]): MemoryFiles =>
  memoryFiles(inFolder("catalog", { ...packageJson(), ...files }), ...order)

/** Runs the command on files in memory. */
export const generate = (files: MemoryFiles, args: ReadonlyArray<string> = ["catalog"]) =>
  run(["generate-plugin", ...args], { files: files.fileSystem })

/** The Plugin.ts that files come to. */
export const generated = Effect.fnUntraced(function*(files: MemoryFiles) {
  const { code, error } = yield* generate(files)
  return code === 0 ? files.stored.get("catalog/src/Plugin.ts") ?? "" : error
})

/** What files are refused with, a line for each problem. */
export const refusal = Effect.fnUntraced(function*(files: Files) {
  const memory = catalog(files)
  const { code, error } = yield* generate(memory)
  return {
    code,
    written: memory.written,
    problems: error.split("\n").filter((line) => line.startsWith("    ")).map((line) => line.trim())
  }
})
