/**
 * `pnpm run docs`: fills the code blocks of the docs from their sources and their pictures from what they are of, and writes
 * the API reference. With `--check` it changes nothing, and fails where a file would change, a link leads nowhere, or a named test doesn't exist.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Api from "./docs-api.ts"
import * as Commands from "./docs-commands.ts"
import * as Links from "./docs-links.ts"
import * as Promises from "./docs-promises.ts"
import * as Regions from "./docs-regions.ts"
import { bin, root } from "./packages.ts"

const check = process.argv.includes("--check")
const problems: Array<string> = []

// The API reference shows inferred types as the compiler declares them.
if (!check && spawnSync(bin("tsc"), ["-b", "tsconfig.build.json"], { cwd: root }).status !== 0) {
  problems.push("the packages don't compile; inferred types are shown as they were when they last did")
}

/** Writes a file that changed; with `--check` it is a problem. */
const write = (file: string, text: string): void => {
  const at = path.join(root, file)
  if (fs.existsSync(at) && fs.readFileSync(at, "utf8") === text) return
  if (check) {
    problems.push(`${file}: is not what its sources say; run 'pnpm run docs'`)
    return
  }
  fs.mkdirSync(path.dirname(at), { recursive: true })
  fs.writeFileSync(at, text)
  console.log(`wrote ${file}`)
}

const reference = Api.pages()
for (const { file, text } of reference) write(file, text)
const made = new Set(reference.map(({ file }) => file))
for (const file of fs.globSync("docs/api/**/*.md", { cwd: root }).filter((file) => !made.has(file))) {
  if (check) problems.push(`${file}: has no module any more; run 'pnpm run docs'`)
  else fs.rmSync(path.join(root, file))
}

const pages = fs.globSync(["*.md", "docs/**/*.md", "packages/*/README.md", "examples/**/*.md"], {
  cwd: root,
  exclude: (file) => file.includes("node_modules")
}).sort()

let named = 0
for (const page of pages) {
  const markdown = fs.readFileSync(path.join(root, page), "utf8")
  const regions = Regions.fill(markdown)
  const filled = Commands.fill(regions.text)
  const unmarked = /^docs\/(api|decisions)\//.test(page) ? [] : Regions.unmarked(markdown)
  problems.push(
    ...[...regions.problems, ...filled.problems].map((problem) => `${page}: ${problem}`),
    ...unmarked.map((first) => `${page}: the code that begins with '${first}' has no source marker`),
    ...Links.broken(path.join(root, page), markdown).map((problem) => `${page}: ${problem}`),
    ...Promises.missing(path.join(root, page), markdown).map((problem) => `${page}: ${problem}`)
  )
  named += Promises.count(markdown)
  write(page, filled.text)
}

for (const problem of problems) console.error(problem)
console.log(`${pages.length} pages, ${named} named tests, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
