/**
 * `pnpm test:chaos shop [kills] [seed] [apart]`: a chaos run as long as wanted, with `apart` of plugins in processes of their
 * own. Ends with 1 when something was lost, twice or wrong.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { run } from "./run.ts"

const [kills = "200", seed = String(Math.floor(Math.random() * 2 ** 32)), apart] = process.argv.slice(2)
if (!/^[1-9]\d*$/.test(kills)) {
  console.error(`'${kills}' is no number of kills: pnpm test:chaos shop [kills] [seed] [apart]`)
  process.exit(1)
}

console.log(`seed ${seed}`)
const began = performance.now()
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-shop-"))
const { violations, ...report } = await run({
  folder,
  seed,
  kills: Number(kills),
  apart: apart === "apart",
  progress: (line) => console.log(`${((performance.now() - began) / 1000).toFixed(1)} s ${line}`)
})
for (const violation of violations) console.error(violation)
console.log(JSON.stringify(report))
if (violations.length === 0) fs.rmSync(folder, { recursive: true })
else console.error(`The shop is kept in ${folder}`)
process.exitCode = violations.length === 0 ? 0 : 1
