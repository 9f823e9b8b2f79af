/** `pnpm check`: everything that can be said about the code without running it. The checks run side by side. */
import { execFile } from "node:child_process"
import * as path from "node:path"
import * as Examples from "./docs-examples.ts"

const root = path.resolve(import.meta.dirname, "..")

const checks = {
  "types and Effect diagnostics": ["tsc", "-b", "--pretty"],
  "lint, layers, circular imports": ["oxlint", "--deny-warnings"],
  "format": ["dprint", "check"],
  "generated plugins": ["node", "scripts/generate.ts", "--check"],
  "contracts": ["node", "packages/cli/src/bin/reventless.ts", "contracts", "check", "examples/online-shop"],
  "unused exports and files": ["knip", "--no-progress", "--no-config-hints"]
} as const

const run = (name: string, [command, ...args]: readonly [string, ...ReadonlyArray<string>]): Promise<boolean> =>
  new Promise((resolve) => {
    const start = performance.now()
    execFile(
      path.join(root, "node_modules/.bin", command),
      args,
      { cwd: root, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const seconds = ((performance.now() - start) / 1000).toFixed(1)
        console.log(`${error === null ? "ok  " : "FAIL"} ${name} (${seconds} s)`)
        if (error !== null) {
          console.log(`${stdout}${stderr}`)
        }
        resolve(error === null)
      }
    )
  })

Examples.extract()
const { "types and Effect diagnostics": types, ...others } = checks
const results = await Promise.all([
  run("types and Effect diagnostics", types).then(async (ok) => {
    // The API reference is made of what the compiler wrote.
    const documented = await run("docs: code, pictures, links, named tests, API reference", [
      "node",
      "scripts/docs.ts",
      "--check"
    ])
    return ok && documented
  }),
  ...Object.entries(others).map(([name, command]) => run(name, command))
])
process.exitCode = results.every((ok) => ok) ? 0 : 1
