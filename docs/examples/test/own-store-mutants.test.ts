import { assert, describe, it } from "@effect/vitest"
import { EventStore, PositionedEventStore, type PositionedEventStoreShape } from "@reventless/core/EventStore"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as Checks from "@reventless/testing/EventStoreConformanceChecks"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { key } from "../own-store/key.ts"
import * as SealedStore from "../own-store/SealedStore.ts"

// #region mutants
type Store = PositionedEventStoreShape

interface Mutant {
  /** The store made wrong in one place, of the sound one and of the store inside. */
  readonly make: (sound: Store, inside: Store) => Store
  /** The name of a check that must fail. */
  readonly caughtBy: string
}

const mutants: Readonly<Record<string, Mutant>> = {
  "appends without their boundary": {
    make: (sound) => ({ ...sound, append: (events) => sound.append(events) }),
    caughtBy: "of many racers on one boundary exactly one wins, in every round"
  },
  "answers a confirmed command with sealed events": {
    make: (sound, inside) => ({ ...sound, confirm: inside.confirm }),
    caughtBy:
      "confirming with a command id that is remembered answers that command's result, also when the boundary moved"
  }
}

const checks = [...Checks.contract, ...Checks.planned, ...Checks.positioned]

/** Runs a check on the store, or on a mutant of it. */
const run = (name: string, mutant?: Mutant) =>
  Effect.gen(function*() {
    const check = checks.find((check) => check.name === name)
    assert(check !== undefined, `there is no check "${name}"`)
    const inside = yield* EventStoreMemory.make(check.plan)
    const sound = SealedStore.make(key, inside)
    const store = mutant === undefined ? sound : mutant.make(sound, inside)
    const services = Context.make(EventStore, store).pipe(
      Context.add(PositionedEventStore, store)
    )
    return yield* Effect.result(Effect.provide(check.run, services))
  }).pipe(Effect.provideService(Checks.Seed, "mutants"))

describe("the suite catches a sealed store that", () => {
  for (const [name, mutant] of Object.entries(mutants)) {
    it.live(name, () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* run(mutant.caughtBy))._tag, "Success")
        assert.strictEqual((yield* run(mutant.caughtBy, mutant))._tag, "Failure")
      }))
  }
})
// #endregion mutants
