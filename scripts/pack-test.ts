/**
 * `pnpm test:pack`: packs every package, installs the tarballs in an empty project, type-checks an import of every
 * public module and each file of test/quickstart, and runs them; and runs each command that a package brings.
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { bin, build, pack, pnpm, published, root } from "./packages.ts"

const project = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-pack-"))
const write = (name: string, content: unknown): void =>
  fs.writeFileSync(path.join(project, name), typeof content === "string" ? content : JSON.stringify(content, null, 2))

const developmentVersions: Record<string, string> = JSON.parse(
  fs.readFileSync(path.join(root, "package.json"), "utf8")
).devDependencies

const versions = (...names: ReadonlyArray<string>) =>
  Object.fromEntries(names.map((name) => [name, developmentVersions[name]]))

build({ clean: false })
const tarballs = Object.fromEntries(Object.entries(pack(root, project)).map(([name, file]) => [name, `file:${file}`]))

write("package.json", {
  private: true,
  type: "module",
  dependencies: {
    ...tarballs,
    ...versions("@effect/platform-node", "@types/node", "effect", "typescript", "vite", "vitest")
  }
})
// The versions in the tarballs aren't in any registry yet.
write("pnpm-workspace.yaml", `overrides: ${JSON.stringify(tarballs)}\nautoInstallPeers: false\n`)
write("tsconfig.json", {
  compilerOptions: {
    target: "ES2024",
    lib: ["ES2024", "DOM"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    allowImportingTsExtensions: true
  }
})
pnpm(["install", "--prefer-offline", "--ignore-scripts"], project)

const modules = published(root).flatMap(({ folder, name }) =>
  fs.globSync("*.ts", { cwd: path.join(folder, "src") }).sort().map((file) => {
    const module = path.basename(file, ".ts")
    return module === "index" ? name : `${name}/${module}`
  })
)
write("modules.ts", modules.map((module, i) => `import * as m${i} from ${JSON.stringify(module)}\n`).join(""))
fs.cpSync(path.join(root, "test/quickstart"), path.join(project, "quickstart"), { recursive: true })
const programs = ["modules.ts", ...fs.globSync("quickstart/*.ts", { cwd: project }).sort()]

execFileSync(bin("tsc"), ["-p", project], { stdio: "inherit" })
for (const program of programs) {
  execFileSync(process.execPath, [program], { cwd: project, stdio: "inherit" })
}
const commands = published(root).flatMap(({ name }) => {
  const folder = path.join(project, "node_modules", name)
  const { bin = {} } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"))
  return Object.values<string>(bin).map((file) => path.join(folder, file))
})
for (const command of commands) {
  execFileSync(process.execPath, [command, "--version"], { cwd: project, stdio: "inherit" })
}
// It loads a parser that no other command needs.
const library = path.join(root, "packages/cli/test/library")
execFileSync(process.execPath, [
  path.join(project, "node_modules/@reventless/cli/dist/bin/reventless.js"),
  "generate-plugin",
  "--check",
  library
], { stdio: "inherit" })
fs.rmSync(project, { recursive: true })
console.log(`ok: ${modules.length} modules of ${Object.keys(tarballs).length} tarballs, ${programs.length} programs`)
