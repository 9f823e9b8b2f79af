import * as Platform from "@reventless/core/Platform"
import * as Checks from "@reventless/testing/PlatformConformanceChecks"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { describe, expect, test } from "vitest"
import { type Mutant, mutants } from "./platform-mutants.ts"

const checks = new Map(
  [...Checks.contract, ...Checks.durable, ...Checks.ordered].map((check) => [check.name, check] as const)
)

/** Runs a check on a new memory provider, changed into the mutant when one is given. Equal runs, equal outcomes. */
const run = (check: Checks.OrderedCheck, mutant?: Mutant) =>
  Effect.gen(function*() {
    const sound = yield* Layer.build(Platform.layerMemory)
    const changed = mutant === undefined ? sound : Context.merge(sound, mutant.make(sound))
    const open = Effect.succeed(changed)
    return yield* Effect.provide(
      check.run,
      Context.make(Checks.Home, { open }).pipe(Context.add(Checks.OrderedHome, { open }))
    )
  }).pipe(
    Effect.scoped,
    Effect.provideService(Checks.Patience, mutant === undefined ? 20_000 : Duration.millis(900)),
    Effect.provideService(Checks.Seed, "mutants"),
    Effect.provide(Logger.layer([])),
    Effect.exit,
    Effect.runPromise
  )

/** The checks that sound providers were seen to pass. */
const passed = new Map<string, Promise<boolean>>()
const soundPasses = (name: string, check: Checks.OrderedCheck) => {
  const known = passed.get(name) ?? run(check).then(Exit.isSuccess)
  passed.set(name, known)
  return known
}

describe("every mutant of the memory platform is caught", () => {
  for (const mutant of mutants) {
    test(`${mutant.name}: caught by a named check`, () => {
      expect(mutant.caughtBy.length).toBeGreaterThan(0)
    })
    for (const name of mutant.caughtBy) {
      test(`${mutant.name}: fails "${name}", which the sound platform passes`, async () => {
        const check = checks.get(name)
        expect(check, "the check exists").toBeDefined()
        expect(await soundPasses(name, check!), "the sound platform").toBe(true)
        const exit = await run(check!, mutant)
        expect(Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause), "the mutant fails").toBe(true)
      })
    }
  }
})
