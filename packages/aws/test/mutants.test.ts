import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import { type Batch, EventStore, type PositionedEventStoreShape } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Checks from "@reventless/testing/EventStoreConformanceChecks"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { execFile } from "node:child_process"
import * as path from "node:path"
import { promisify } from "node:util"
import { beforeAll, describe, expect, test } from "vitest"
import { type Mutant, mutants as ofEveryStore } from "../../testing/test/store-mutants.ts"
import { mutants as ofThisStore } from "./following/mutants.ts"
import { fits } from "./model/load.ts"
import { dynamoLayer, newTable, sharedRaw } from "./support.ts"

/** A store whose checkpoints are off by so many versions in every partition. */
const checkpointsOffBy = (versions: number): Mutant["make"] => (store) => ({
  ...store,
  subscribe: (options) =>
    Stream.map(store.subscribe(options), (batch): Batch => {
      const { extent } = batch.checkpoint
      return extent._tag !== "Versions" ? batch : {
        ...batch,
        checkpoint: {
          extent: Extent.versions(Object.fromEntries(
            Object.entries(extent.versions).map(([partition, version]) => [partition, Math.max(0, version + versions)])
          ))
        }
      }
    })
})

/** A store that says of each batch that nothing more was there. A scan has a log as long as the checks' in one batch. */
const sayingCaughtUp: Mutant["make"] = (store) => ({
  ...store,
  subscribe: (options) =>
    Stream.flatMap(store.subscribe(options), (batch) => {
      const half = Math.ceil(batch.events.length / 2)
      const parts = half === 0 ? [batch.events] : [batch.events.slice(0, half), batch.events.slice(half)]
      return Stream.fromIterable(parts.map((events): Batch => ({ ...batch, events, caughtUp: true })))
    })
})

/** Mutants that change what this store has in another form than stores with positions. */
const ofThisForm: Readonly<Record<string, Mutant["make"]>> = {
  "a checkpoint is ahead of its batch": checkpointsOffBy(1),
  "a checkpoint is behind its batch": checkpointsOffBy(-1),
  "every batch says that nothing more was there": sayingCaughtUp
}

/** Mutants whose claims aren't asked of this store: about positions as commit order, and about reads that are atomic. */
const notAsked = [
  "a read of what nobody wrote to for a moment comes from a cache",
  "checkpoints stand still while only other types are added",
  "`from` is exclusive",
  "`after` is inclusive"
]

/** Checks that take seconds, and are tried when no other one catches a mutant. */
const isSlow = (name: string) =>
  /^(a randomized run|with many appending|a long log|nothing is lost or repeated)/.test(name)

const checks = new Map([...Checks.contract, ...Checks.planned].map((check) => [check.name, check] as const))

const raw = sharedRaw()

/** Runs a check on a store with a table of its own, changed into the mutant when one is given. */
const run = ({ plan, run }: Checks.AnyCheck, mutant?: Mutant) => {
  const store = Effect.gen(function*() {
    const table = yield* newTable
    const sound = yield* EventStoreDynamo.make({ table, plan })
    const make = mutant === undefined ? undefined : ofThisForm[mutant.name] ?? mutant.make
    return make === undefined ? sound : make(sound as PositionedEventStoreShape)
  })
  return run.pipe(
    Effect.provide(Layer.effect(EventStore, store).pipe(Layer.provide(dynamoLayer), Layer.provide(raw))),
    Effect.provideService(Checks.Patience, mutant === undefined ? 60_000 : 6000),
    Effect.provideService(Checks.Seed, "mutants"),
    Effect.result,
    Effect.runPromise
  )
}

describe("every mutant of the DynamoDB store is caught by a check that the sound store passes", () => {
  const passes = new Map<string, Promise<boolean>>()
  const soundPasses = (check: Checks.AnyCheck) => {
    const known = passes.get(check.name) ?? run(check).then(({ _tag }) => _tag === "Success")
    passes.set(check.name, known)
    return known
  }

  for (const mutant of ofEveryStore) {
    if (notAsked.includes(mutant.name)) continue
    test(mutant.name, async () => {
      const caught: Array<string> = []
      for (const name of mutant.caughtBy.toSorted((a, b) => Number(isSlow(a)) - Number(isSlow(b)))) {
        const check = checks.get(name)
        if (check === undefined || caught.length > 0) continue
        expect([name, await soundPasses(check)]).toEqual([name, true])
        const result = await run(check, mutant)
        if (Result.isFailure(result) && !result.failure.message.includes("didn't come to an end")) caught.push(name)
      }
      expect(caught).not.toEqual([])
    })
  }

  test("what isn't asked of it has no check among those that are", () => {
    const withoutCheck = ofEveryStore.filter(({ caughtBy }) => !caughtBy.some((name) => checks.has(name)))
    expect(withoutCheck.map(({ name }) => name)).toEqual(notAsked)
  })
})

describe("a claim doesn't hold without the rule that", () => {
  const main = path.resolve(import.meta.dirname, "following/main.ts")
  const brokenWithout = new Map<string, ReadonlyArray<string>>()

  // Mutants are changed on their way into memory, by hooks that vitest's process doesn't have: they run in their own.
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [main], { maxBuffer: 64 * 1024 * 1024 })
    for (const line of stdout.trim().split("\n")) {
      const { broken, rule } = JSON.parse(line) as { readonly rule: string; readonly broken: ReadonlyArray<string> }
      brokenWithout.set(rule, broken)
    }
  })

  for (const mutant of ofThisStore) {
    test(mutant.rule, () => {
      fits(mutant)
      const broken = brokenWithout.get(mutant.rule)!
      const silent = mutant.caughtBy.filter((begin) => !broken.some((claim) => claim.startsWith(begin)))
      expect(silent).toEqual([])
    })
  }
})
