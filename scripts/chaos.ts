/** `pnpm test:chaos [kills] [seed]`: kills processes that share an SQLite file, as often as asked, and looks at what is left. */
import { spawnSync } from "node:child_process"
import * as path from "node:path"

const main = path.resolve(import.meta.dirname, "../packages/sqlite/test/chaos/main.ts")
const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: "inherit" })
process.exitCode = status ?? 1
