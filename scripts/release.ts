/**
 * `pnpm release --dry-run`: applies the changesets to a copy of the workspace, shows the versions and packs every
 * tarball; nothing here changes. `pnpm release`: publishes the versions that `pnpm changeset version` wrote.
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { bin, build, pack, pnpm, published, root } from "./packages.ts"

build({ clean: true })

if (process.argv.includes("--dry-run")) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-release-"))
  const copy = path.join(folder, "workspace")
  const skip = new Set(["node_modules", ".git", "scratchpad"])
  fs.cpSync(root, copy, { recursive: true, filter: (source) => !skip.has(path.basename(source)) })
  pnpm(["install", "--frozen-lockfile", "--ignore-scripts", "--prefer-offline"], copy)
  execFileSync(bin("changeset"), ["version"], { cwd: copy, stdio: "inherit" })
  const before = new Map(published(root).map(({ name, version }) => [name, version]))
  for (const { name, version } of published(copy)) {
    console.log(`${name} ${before.get(name)} -> ${version}`)
  }
  for (const tarball of Object.values(pack(copy, folder))) {
    console.log(`${tarball} (${Math.ceil(fs.statSync(tarball).size / 1024)} KiB)`)
  }
  fs.rmSync(copy, { recursive: true })
} else {
  execFileSync(bin("changeset"), ["publish"], { cwd: root, stdio: "inherit" })
}
