import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { run } from "./chaos/run.ts"

const seed = process.env["REVENTLESS_SEED"] ?? String(Math.floor(Math.random() * 2 ** 32))

const shop = async (kills: number) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-shop-"))
  const report = await run({ folder, seed, kills })
  fs.rmSync(folder, { recursive: true })
  console.log(`shop: ${JSON.stringify({ ...report, violations: report.violations.length })}`)
  expect(report.violations, `seed ${seed}`).toEqual([])
  return report
}

describe("the whole shop", () => {
  it(
    "killed 10 times at a random moment: each order comes to its end once, each mail is one mail, the plugins say the same " +
      "of what one has told another, and every view is what follows from the events",
    { timeout: 600_000 },
    async () => {
      const { cancelled, shipped } = await shop(10)
      expect(shipped).toBeGreaterThan(10)
      expect(cancelled).toBeGreaterThan(3)
    }
  )

  it("that nobody kills calls the mail sink once for each order", async () => {
    const { mails, repeated, shipped, cancelled } = await shop(0)
    expect([mails, repeated]).toEqual([shipped + cancelled, 0])
  })
})
