import { execFileSync } from "node:child_process"
import * as path from "node:path"
import { expect, it } from "vitest"

it("the tarballs install, type-check and run in an empty project", { timeout: 600_000 }, () => {
  const script = path.resolve(import.meta.dirname, "../scripts/pack-test.ts")
  expect(execFileSync(process.execPath, [script], { encoding: "utf8", stdio: "pipe" })).toMatch(/^ok: /m)
})
