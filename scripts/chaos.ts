/**
 * `pnpm test:chaos [kills] [seed]`: kills processes that share an SQLite file, as often as asked, and looks at what is left.
 * `pnpm test:chaos shop [kills] [seed]` does so with the whole online shop, with `apart` behind it each plugin in its own process.
 */
import { spawnSync } from "node:child_process"
import * as path from "node:path"

const [first, ...rest] = process.argv.slice(2)
const [file, args] = first === "shop"
  ? ["../examples/online-shop/platform-local/test/chaos/main.ts", rest]
  : ["../packages/sqlite/test/chaos/main.ts", process.argv.slice(2)]
const { status } = spawnSync(process.execPath, [path.resolve(import.meta.dirname, file), ...args], { stdio: "inherit" })
process.exitCode = status ?? 1
