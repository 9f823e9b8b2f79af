import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "vitest"
import { run } from "./chaos/run.ts"

const seed = process.env["REVENTLESS_SEED"] ?? String(Math.floor(Math.random() * 2 ** 32))

it(
  "each plugin in a process of its own, of which one is killed while the others go on: nothing is lost, nothing is done twice",
  { timeout: 900_000 },
  async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-shop-"))
    const { violations, ...report } = await run({ folder, seed, kills: 8, apart: true })
    fs.rmSync(folder, { recursive: true })
    console.log(`shop: ${JSON.stringify(report)}`)
    expect(violations, `seed ${seed}`).toEqual([])
    expect(report.shipped).toBeGreaterThan(16)
  }
)
