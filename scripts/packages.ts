/** The packages that are published, and how they become tarballs. */
import { execFileSync, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

export const root = path.resolve(import.meta.dirname, "..")

export const bin = (name: string): string => path.join(root, "node_modules/.bin", name)

interface Package {
  readonly name: string
  readonly version: string
  readonly folder: string
}

/** The packages of a workspace that aren't private. */
export const published = (workspace: string): ReadonlyArray<Package> =>
  fs.globSync("packages/*/package.json", { cwd: workspace }).sort().flatMap((file) => {
    const { name, private: hidden, version } = JSON.parse(fs.readFileSync(path.join(workspace, file), "utf8"))
    return hidden === true ? [] : [{ name, version, folder: path.join(workspace, path.dirname(file)) }]
  })

/** Writes `src/Plugin.ts` of the plugins whose package.json says how it is generated; ends the process when one is refused. */
export const generatePlugins = (args: ReadonlyArray<string>): void => {
  const plugins = fs.globSync("examples/*/*/package.json", { cwd: root }).sort()
    .filter((file) => "reventless" in JSON.parse(fs.readFileSync(path.join(root, file), "utf8")))
    .map((file) => path.dirname(file))
  const { status } = spawnSync(
    process.execPath,
    ["packages/cli/src/bin/reventless.ts", "generate-plugin", ...plugins, ...args],
    { cwd: root, stdio: "inherit" }
  )
  if (status !== 0) {
    process.exit(status ?? 1)
  }
}

/** Runs the pnpm that started this script, or else the one the README names; answers its output. */
export const pnpm = (args: ReadonlyArray<string>, cwd: string): string => {
  const started = process.env["npm_execpath"] ?? ""
  const [command, first] = path.basename(started) === "pnpm"
    ? [started, []] as const
    : ["npx", ["-y", "pnpm@12.21.0"]] as const
  return execFileSync(command, [...first, ...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
}

/** Compiles the packages to `dist`, and ends the process when they don't compile. `clean` removes an earlier build. */
export const build = (options: { readonly clean: boolean }): void => {
  if (options.clean) {
    for (const { folder } of published(root)) {
      fs.rmSync(path.join(folder, "dist"), { recursive: true, force: true })
    }
  }
  const { status } = spawnSync(bin("tsc"), ["-b", "tsconfig.build.json"], { cwd: root, stdio: "inherit" })
  if (status !== 0) {
    process.exit(1)
  }
}

/** Packs the published packages of a workspace; answers the path of each tarball by package name. */
export const pack = (workspace: string, into: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    published(workspace).map(({ folder, name }) => {
      const { filename } = JSON.parse(pnpm(["pack", "--json", "--pack-destination", into], folder))
      return [name, path.resolve(into, filename)]
    })
  )
