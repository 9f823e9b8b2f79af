import { EventStore, PositionedEventStore } from "@reventless/core/EventStore"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import { event } from "@reventless/testing/conformance/Fixture"
import * as Checks from "@reventless/testing/EventStoreConformanceChecks"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, test } from "vitest"
import { type Mutant, mutants } from "./store-mutants.ts"

const checks = new Map(
  [...Checks.contract, ...Checks.planned, ...Checks.atomic, ...Checks.positioned].map((check) =>
    [check.name, check] as const
  )
)

/** Runs a check on a new memory store, changed into the mutant when one is given. Equal runs, equal outcomes. */
const run = (check: Checks.PositionedCheck, mutant?: Mutant) =>
  Effect.gen(function*() {
    const sound = yield* EventStoreMemory.make(check.plan)
    const store = mutant === undefined ? sound : mutant.make(sound)
    const services = Context.make(EventStore, store as EventStore["Service"]).pipe(
      Context.add(PositionedEventStore, store)
    )
    return yield* check.run.pipe(Effect.provide(services))
  }).pipe(
    Effect.provideService(Checks.Patience, mutant === undefined ? 20_000 : 500),
    Effect.provideService(Checks.Seed, "mutants"),
    Effect.result,
    Effect.runPromise
  )

/** The checks that sound stores were seen to pass: equal runs have equal outcomes. */
const passed = new Map<string, Promise<boolean>>()
const soundPasses = (name: string, check: Checks.PositionedCheck) => {
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
        expect(Result.isFailure(result) && result.failure.message).not.toContain("didn't come to an end")
      })
    }
  }
})

test("a store that isn't empty when a check begins is told from one that is wrong", async () => {
  const [first, second] = await Effect.runPromise(
    Effect.gen(function*() {
      const begins = Effect.result(Checks.isEmpty(Checks.contract[0]!))
      const store = yield* EventStore
      const first = yield* begins
      yield* store.append([event("left over", "T", [])])
      return [first, yield* begins] as const
    }).pipe(Effect.provide(EventStoreMemory.layer()))
  )
  expect(first._tag).toBe("Success")
  expect(Result.isFailure(second) && second.failure.message).toContain("its layer must make a new one each time")
})

test("check names are unique, so that a name names one claim", () => {
  const all = [...Checks.contract, ...Checks.planned, ...Checks.atomic, ...Checks.positioned].map(({ group, name }) =>
    `${group}: ${name}`
  )
  expect(new Set(all).size).toBe(all.length)
})

test("what a store isn't asked for is listed, claim by claim", () => {
  expect(Checks.notAsked({ positions: true, plans: true, atomicReads: true })).toEqual([])
  const listed = Checks.notAsked({ positions: false, plans: false, atomicReads: false })
  expect(listed.map(({ capability }) => capability)).toEqual(["plans", "atomicReads", "positions"])
  expect(listed.flatMap(({ claims }) => claims)).toHaveLength(
    Checks.planned.length + Checks.atomic.length + Checks.positioned.length
  )
})
