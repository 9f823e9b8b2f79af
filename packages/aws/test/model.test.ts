import { execFile } from "node:child_process"
import * as path from "node:path"
import { promisify } from "node:util"
import { beforeAll, describe, expect, test } from "vitest"
import { fits } from "./model/load.ts"
import { mutants } from "./model/mutants.ts"
import type { Sweep } from "./model/sweep.ts"

/** How many schedules the algorithm is run in, and how long at most: a busy machine does fewer. */
const runs = 1500
const seconds = 15
/** In how many schedules a missing rule has to show. */
const bound = 300

const main = path.resolve(import.meta.dirname, "model/main.ts")
const run = promisify(execFile)

/** Mutants are changed on their way into memory, by hooks that this process doesn't have: they run in their own. */
const lines = async (...args: ReadonlyArray<string | number>) => {
  const { stdout } = await run(process.execPath, [main, ...args.map(String)], { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim().split("\n").map((line) => JSON.parse(line) as unknown)
}

test(
  "the algorithm keeps its promises in schedules with lost answers, late requests and half-visible transactions",
  async () => {
    const [sweep] = await lines("sound", runs, 1, seconds) as [Sweep]
    expect(sweep.found).toEqual([])
    expect(sweep.runs).toBeGreaterThan(100)
    // What it is tried on did happen.
    for (const outcome of ["Accepted", "Rejected", "OutcomeUnknown", "StoreUnavailable"]) {
      expect(sweep.outcomes[outcome], outcome).toBeGreaterThan(0)
    }
    for (const request of ["PutItem", "TransactWriteItems", "TransactGetItems", "Query"]) {
      expect(sweep.requests[request], request).toBeGreaterThan(0)
    }
  },
  120_000
)

describe("each rule of the algorithm is needed", () => {
  const caught = new Map<string, { readonly runs: number; readonly kinds: ReadonlyArray<string> }>()

  beforeAll(async () => {
    for (const { kinds, rule, runs } of await lines("mutants", bound) as Array<Sweep & { rule: string; kinds: [] }>) {
      caught.set(rule, { runs, kinds })
    }
  }, 120_000)

  for (const mutant of mutants) {
    test(mutant.rule, () => {
      fits(mutant)
      const { kinds } = caught.get(mutant.rule)!
      expect(kinds, `without it a promise is broken in ${bound} schedules`).not.toEqual([])
      expect(kinds.filter((kind) => mutant.caughtBy.includes(kind)), `one of ${mutant.caughtBy}`).not.toEqual([])
    })
  }
})
