import { assert, it } from "@effect/vitest"
import * as Checks from "@reventless/testing/EventStoreConformanceChecks"
import * as fs from "node:fs"
import * as path from "node:path"

it("what a store without positions, plans and atomic reads isn't asked for is what the docs show", () => {
  const printed = Checks.notAsked({ positions: false, plans: false, atomicReads: false })
    .map(({ capability, claims }) => [`not asked: ${capability}`, ...claims].join("\n  "))
    .join("\n")
  assert.strictEqual(
    fs.readFileSync(path.join(import.meta.dirname, "../own-store/not-asked.txt"), "utf8"),
    `${printed}\n`
  )
})
