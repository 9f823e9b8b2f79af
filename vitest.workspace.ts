import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { defineConfig } from "vitest/config"

/** Every package and every example is a project of its own, named by its folder. */
const folders = fs.globSync(
  ["packages/*/package.json", "examples/*/package.json", "examples/*/*/package.json", "docs/examples/package.json"],
  { cwd: import.meta.dirname }
).map((file) => path.dirname(file)).sort()

// `pnpm test:long` runs what takes too long for every change.
// A test hangs or it ends; on a busy machine it may be slow, and take twenty times as long as on a quiet one. No test asserts
// a time by this limit, and none but the longest has one of its own.
// Loading Effect anew for each file takes a third of the time of small ones: files share workers, where none changes globals.
const project = (name: string, root: string) => ({
  test: {
    name,
    root,
    isolate: !["core", "http", "testing"].includes(name) && !name.includes("examples"),
    include: [process.env["REVENTLESS_LONG"] ? "test/**/*.long.ts" : "test/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000
  }
})

export default defineConfig({
  test: {
    passWithNoTests: true,
    // Many tests wait for another process, a lease or the disk: more files than cores keep the cores at work.
    maxWorkers: Math.max(4, os.availableParallelism()),
    projects: [...folders.map((folder) => project(folder.replace("packages/", ""), folder)), project("repository", ".")]
  }
})
