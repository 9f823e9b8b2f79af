/** `pnpm bench <name>`: runs benchmarks/<name>.ts; without a name it lists what there is. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

const folder = path.resolve(import.meta.dirname, "../benchmarks")
const names = fs.globSync("*.ts", { cwd: folder }).map((file) => path.basename(file, ".ts")).sort()
// Room for logs of a million events in memory, and a way to collect garbage between two measurements.
const flags = ["--max-old-space-size=8192", "--expose-gc"]
const [name, ...args] = process.argv.slice(2)

if (name !== undefined && names.includes(name)) {
  const { status } = spawnSync(process.execPath, [...flags, path.join(folder, `${name}.ts`), ...args], {
    stdio: "inherit"
  })
  process.exitCode = status ?? 1
} else {
  const list = names.length === 0 ? "There is no benchmark yet." : `Benchmarks: ${names.join(", ")}`
  console.log(name === undefined ? `pnpm bench <name>\n${list}` : `There is no benchmark "${name}". ${list}`)
  process.exitCode = name === undefined ? 0 : 1
}
