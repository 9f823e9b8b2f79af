/**
 * `pnpm test`: the vitest projects, then the type tests. Ends with `N passed, N failed` over both.
 * Arguments go to vitest, and then the type tests are left out: `pnpm test packages/core -t "a name"`.
 * `--types` runs the type tests alone; what follows it goes to tstyche. `--long` runs what takes too long for every change.
 */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { stripVTControlCharacters } from "node:util"

interface Counts {
  readonly passed: number
  readonly failed: number
}

const root = path.resolve(import.meta.dirname, "..")

/** `--long` runs `*.long.ts` in place of `*.test.ts`. */
const isLong = process.argv[2] === "--long"
const long = isLong ? { REVENTLESS_LONG: "1" } : {}

/** Tests start many processes; what they compile is kept, so that each starts in half the time. */
const cache = { NODE_COMPILE_CACHE: path.join(root, "node_modules/.cache/compiled") }

const bin = (folder: string, name: string) => path.join(root, folder, "node_modules/.bin", name)

/** Runs a command, shows its output as it comes and keeps it; a command that can't start counts as exit code 1. */
const run = (
  command: string,
  args: ReadonlyArray<string>
): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    const color = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}
    const child = spawn(command, args, {
      cwd: root,
      env: { ...cache, ...process.env, ...color, ...long },
      stdio: ["inherit", "pipe", "inherit"]
    })
    let output = ""
    child.stdout.on("data", (chunk: Buffer) => {
      process.stdout.write(chunk)
      output += chunk
    })
    child.on("error", (error) => {
      console.error(error.message)
      resolve({ code: 1, output })
    })
    child.on("close", (code) => resolve({ code: code ?? 1, output: stripVTControlCharacters(output) }))
  })

/** A folder or file of the repository as vitest finds it in whatever project it lies; anything else as it is. */
const filter = (arg: string): string => {
  const file = path.resolve(root, arg)
  return !arg.startsWith("-") && fs.existsSync(file) ? file : arg
}

/** A run that failed without a failed test (a file that does not load, a crash) still counts as one failure. */
const atLeastOneFailure = (counts: Counts, code: number): Counts =>
  code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts

const runVitest = async (args: ReadonlyArray<string>): Promise<Counts> => {
  const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "reventless-test-")), "report.json")
  const { code } = await run(bin(".", "vitest"), [
    "run",
    "--config",
    "vitest.workspace.ts",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...args.map(filter)
  ])
  const counts = { passed: 0, failed: 0 }
  if (fs.existsSync(report)) {
    const { numPassedTests, numFailedTests } = JSON.parse(fs.readFileSync(report, "utf8"))
    counts.passed = numPassedTests
    counts.failed = numFailedTests
  }
  fs.rmSync(path.dirname(report), { recursive: true })
  if (counts.passed + counts.failed === 0) {
    console.error(
      `No test matches ${args.join(" ")}: give a folder or a file of the repository, or a part of its path.`
    )
    return { passed: 0, failed: 1 }
  }
  return atLeastOneFailure(counts, code)
}

const runTypeTests = async (args: ReadonlyArray<string>): Promise<Counts> => {
  if (fs.globSync("packages/*/typetest/**/*.tst.ts", { cwd: root }).length === 0) {
    return { passed: 0, failed: 0 }
  }
  const { code, output } = await run(bin("test/types", "tstyche"), ["--root", root, ...args])
  const line = /^Tests:.*$/m.exec(output)?.[0] ?? ""
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
  return atLeastOneFailure({ passed: count("passed"), failed: count("failed") }, code)
}

const args = process.argv.slice(isLong ? 3 : 2)
const typesOnly = args[0] === "--types"
const none: Counts = { passed: 0, failed: 0 }
const tests = typesOnly ? none : await runVitest(args)
const types = typesOnly || (args.length === 0 && !isLong) ? await runTypeTests(args.slice(1)) : none

const failed = tests.failed + types.failed
console.log(`\n${tests.passed + types.passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
