import { WorkStores, type WorkStoreShape } from "@reventless/core/WorkStore"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Checks from "@reventless/testing/WorkStoreConformanceChecks"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, test } from "vitest"
import { type Mutant, mutants } from "./work-mutants.ts"

const checks = new Map(Checks.contract.map((check) => [check.name, check] as const))

/** Runs a check on new memory stores, changed into the mutant when one is given. */
const run = (check: Checks.WorkCheck, mutant?: Mutant) => {
  const stores = new Map<string, WorkStoreShape>()
  return check.run.pipe(
    Effect.provideService(WorkStores, {
      of: (plugin) =>
        Effect.gen(function*() {
          const sound = stores.get(plugin) ?? (yield* WorkStoreMemory.make)
          const store = mutant === undefined || stores.has(plugin) ? sound : mutant.make(sound)
          stores.set(plugin, store)
          return store
        })
    }),
    Effect.provideService(Checks.Patience, mutant === undefined ? 20_000 : 500),
    Effect.result,
    Effect.runPromise
  )
}

/** The checks that sound stores were seen to pass: equal runs have equal outcomes. */
const passed = new Map<string, Promise<boolean>>()
const soundPasses = (name: string, check: Checks.WorkCheck) => {
  const known = passed.get(name) ?? run(check).then(({ _tag }) => _tag === "Success")
  passed.set(name, known)
  return known
}

describe("every mutant of the memory store is caught", () => {
  for (const mutant of mutants) {
    test(`${mutant.name}: caught by a named check`, () => {
      expect(mutant.caughtBy.length).toBeGreaterThan(0)
    })
    for (const name of mutant.caughtBy) {
      test(`${mutant.name}: fails "${name}", which the sound store passes`, async () => {
        const check = checks.get(name)
        expect(check, "the check exists").toBeDefined()
        expect(await soundPasses(name, check!), "the sound store").toBe(true)
        const result = await run(check!, mutant)
        expect(result._tag, "the mutant").toBe("Failure")
        expect(Result.isFailure(result) && result.failure).toHaveProperty("message")
        expect(String(Result.isFailure(result) && result.failure)).not.toContain("didn't come to an end")
      })
    }
  }
})

test("check names are unique, so that a name names one claim", () => {
  expect(checks.size).toBe(Checks.contract.length)
})
