import { execFile } from "node:child_process"
import * as path from "node:path"
import { promisify } from "node:util"
import { beforeAll, describe, expect, test } from "vitest"
import { fits } from "./model/load.ts"
import { mutants } from "./model/mutants.ts"
import type { Sweep } from "./model/sweep.ts"

/** In how many schedules the algorithm is run by each process. */
const runs = 200
const processes = 2
/** In how many schedules a missing rule has to show. */
const bound = 300

const main = path.resolve(import.meta.dirname, "model/main.ts")
const run = promisify(execFile)

/** Mutants are changed on their way into memory, by hooks that vitest's process doesn't have: they run in their own. */
const lines = async (...args: ReadonlyArray<string | number>) => {
  const { stdout } = await run(process.execPath, [main, ...args.map(String)], { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim().split("\n").map((line): unknown => JSON.parse(line))
}

describe("the algorithm, simulated with lost answers, late requests and transactions that are visible in part", () => {
  test("keeps its promises", async () => {
    const sweeps = await Promise.all(
      Array.from({ length: processes }, (_, index) => lines("sound", runs, 1 + index * runs))
    ) as Array<[Sweep]>
    const [outcomes, requests] = [new Set<string>(), new Set<string>()]
    for (const [sweep] of sweeps) {
      expect(sweep.found).toEqual([])
      expect(sweep.runs).toBe(runs)
      for (const name of Object.keys(sweep.outcomes)) outcomes.add(name)
      for (const name of Object.keys(sweep.requests)) requests.add(name)
    }
    // What it is tried on did happen.
    expect([...outcomes]).toEqual(
      expect.arrayContaining(["Accepted", "Rejected", "OutcomeUnknown", "StoreUnavailable"])
    )
    expect([...requests]).toEqual(
      expect.arrayContaining(["PutItem", "TransactWriteItems", "TransactGetItems", "Query"])
    )
  })
})

describe("the algorithm breaks a promise without the rule that", () => {
  const kindsWithout = new Map<string, ReadonlyArray<string>>()

  beforeAll(async () => {
    const caught = await lines("mutants", bound) as Array<{ readonly rule: string; readonly kinds: Array<string> }>
    for (const { kinds, rule } of caught) kindsWithout.set(rule, kinds)
  })

  for (const mutant of mutants) {
    test(mutant.rule, () => {
      fits(mutant)
      const kinds = kindsWithout.get(mutant.rule)!
      expect(kinds).not.toEqual([])
      expect(kinds.filter((kind) => mutant.caughtBy.includes(kind))).not.toEqual([])
    })
  }
})
