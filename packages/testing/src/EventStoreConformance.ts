/**
 * The event-store conformance suite for vitest: every claim of the `EventStore` contract, registered as a test.
 *
 * ```ts
 * EventStoreConformance.suite({
 *   name: "the memory store",
 *   capabilities: { positions: true, plans: true },
 *   layer: (plan) => EventStoreMemory.layer(plan)
 * })
 * ```
 *
 * What a store isn't asked for is never left out silently: each such claim is listed, as skipped and in the output.
 */
import type { EventStore, PositionedEventStore } from "@reventless/core/EventStore"
import type * as IndexPlan from "@reventless/core/IndexPlan"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { describe, test } from "vitest" // oxlint-disable-line no-restricted-imports -- no other module registers tests
import * as Checks from "./EventStoreConformanceChecks.ts"

/** What is common to the suites of all stores. */
interface Common {
  /** The store's name, as the reader of the output knows it. */
  readonly name: string
  /** The seed of the randomized checks. Each of them draws its own when absent, and names it when it fails. */
  readonly seed?: string | undefined
  /** How long one check waits for what must come, in milliseconds: 5000 unless given. */
  readonly patience?: number | undefined
}

/** Makes the store: an empty one for the plan, each time the layer is built. */
type MakeLayer<R> = (plan: IndexPlan.IndexPlan) => Layer.Layer<R, unknown>

/** A store whose positions are commit order: it provides both services. */
interface Positioned extends Common {
  readonly capabilities: Checks.Capabilities & { readonly positions: true }
  readonly layer: MakeLayer<EventStore | PositionedEventStore>
}

/** A store without one commit order. */
interface Unpositioned extends Common {
  readonly capabilities: Checks.Capabilities & { readonly positions: false }
  readonly layer: MakeLayer<EventStore>
}

/** The store, and what it can be asked for. */
export type Options = Positioned | Unpositioned

const isPositioned = (options: Options): options is Positioned => options.capabilities.positions

/** Registers the suite. Call it at the top of a test file. */
export const suite = (options: Options): void => {
  describe(`${options.name} keeps the contract of an event store`, () => {
    register(options, options.layer, Checks.contract)
    if (options.capabilities.plans) register(options, options.layer, Checks.planned)
    if (isPositioned(options)) register(options, options.layer, Checks.positioned)
    for (const { capability, claims } of Checks.notAsked(options.capabilities)) listed(capability, claims)
  })
}

const register = <R>(options: Common, layer: MakeLayer<R>, checks: ReadonlyArray<Checks.Check<R>>): void => {
  for (const [group, members] of byGroup(checks)) {
    describe(group, () => {
      for (const check of members) {
        const patience = options.patience ?? 5000
        const run = check.run.pipe(
          Effect.provide(layer(check.plan)),
          Effect.provideService(Checks.Patience, patience),
          Effect.provideService(Checks.Seed, options.seed)
        )
        test(check.name, { timeout: patience * 7 }, () => Effect.runPromise(run))
      }
    })
  }
}

/** Lists what isn't asked: in the output, and each claim as a test that says why it is skipped. */
const listed = (capability: string, claims: ReadonlyArray<string>): void => {
  describe(`not asked: ${capability}`, () => {
    test(`${claims.length} claims about ${capability} are not asked`, () =>
      Effect.runPromise(Console.log([`not asked: ${capability}`, ...claims].join("\n  "))))
    for (const claim of claims) {
      test(`not asked: ${claim}`, (context) => context.skip(`the store has no ${capability}`))
    }
  })
}

const byGroup = <R>(checks: ReadonlyArray<Checks.Check<R>>): ReadonlyMap<string, ReadonlyArray<Checks.Check<R>>> =>
  Map.groupBy(checks, ({ group }) => group)
