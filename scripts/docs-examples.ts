/**
 * The `@example` blocks of docstrings, as files of their own: `docs/examples/dist/docstrings/core.Event.2.ts`. `pnpm check`
 * type-checks them with everything else, and a test runs them.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { root } from "./packages.ts"

/** Where the examples are written to. */
export const folder = path.join(root, "docs/examples/dist/docstrings")

interface Example {
  readonly name: string
  readonly text: string
}

const ofFile = (file: string): ReadonlyArray<Example> => {
  const source = fs.readFileSync(path.join(root, file), "utf8")
  const [, packageName, module] = /^packages\/([^/]+)\/src\/(.+)\.ts$/.exec(file)!
  return [...source.matchAll(/^( *)\* @example\n\1\* ```ts\n([\s\S]*?)\n\1\* ```$/gm)].map((match, index) => {
    const line = source.slice(0, match.index).split("\n").length
    const code = match[2]!.split("\n").map((text) => text.trimStart().replace(/^\* ?/, ""))
    return {
      name: `${packageName}.${module!.replaceAll("/", ".")}.${index + 1}.ts`,
      text: `// ${file}:${line}\n${code.join("\n")}\nexport {}\n`
    }
  })
}

/** Writes every example that changed, removes those that are gone, and answers the names of all. */
export const extract = (): ReadonlyArray<string> => {
  const examples = fs.globSync("packages/*/src/**/*.ts", { cwd: root }).sort().flatMap(ofFile)
  fs.mkdirSync(folder, { recursive: true })
  const names = new Set(examples.map(({ name }) => name))
  for (const name of fs.readdirSync(folder)) {
    if (!names.has(name)) fs.rmSync(path.join(folder, name))
  }
  for (const { name, text } of examples) {
    const file = path.join(folder, name)
    if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) fs.writeFileSync(file, text)
  }
  return [...names]
}
