/**
 * The event-store conformance suite for vitest: every claim of the `EventStore` contract, registered as a test.
 *
 * ```ts
 * EventStoreConformance.suite({
 *   name: "the memory store",
 *   capabilities: { positions: true, plans: true, atomicReads: true },
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

/** What a store with these capabilities provides: one whose positions are commit order provides both services. */
export type Services<C extends Checks.Capabilities> = C extends { readonly positions: false } ? EventStore
  : EventStore | PositionedEventStore

/** The store, and what it can be asked for. */
export interface Options<C extends Checks.Capabilities> {
  /** The store's name, as the reader of the output knows it. */
  readonly name: string
  /** The seed of the randomized checks. Each of them draws its own when absent, and names it when it fails. */
  readonly seed?: string | undefined
  /** How long one check waits for what must come, in milliseconds: 5000 unless given. */
  readonly patience?: number | undefined
  readonly capabilities: C
  /** Makes the store: an empty one for the plan, each time the layer is built. A check fails on one that isn't empty. */
  readonly layer: MakeLayer<Services<C>>
}

type MakeLayer<R> = (plan: IndexPlan.IndexPlan) => Layer.Layer<R, unknown>

/** Registers the suite. Call it at the top of a test file. */
export const suite = <const C extends Checks.Capabilities>(options: Options<C>): void => {
  const { capabilities } = options
  // What is registered below asks for positions only where the capabilities say that they are provided.
  const layer = options.layer as MakeLayer<EventStore | PositionedEventStore>
  describe(`${options.name} keeps the contract of an event store`, () => {
    register(options, layer, Checks.contract)
    if (capabilities.plans) register(options, layer, Checks.planned)
    if (capabilities.atomicReads) register(options, layer, Checks.atomic)
    if (capabilities.positions) register(options, layer, Checks.positioned)
    for (const { capability, claims } of Checks.notAsked(capabilities)) listed(capability, claims)
  })
}

const register = (
  options: Pick<Options<Checks.Capabilities>, "patience" | "seed">,
  layer: MakeLayer<EventStore | PositionedEventStore>,
  checks: ReadonlyArray<Checks.PositionedCheck>
): void => {
  for (const [group, members] of Map.groupBy(checks, ({ group }) => group)) {
    describe(group, () => {
      for (const check of members) {
        const patience = options.patience ?? 5000
        const run = Effect.andThen(Checks.isEmpty(check), check.run).pipe(
          Effect.provide(layer(check.plan)),
          Effect.provideService(Checks.Patience, patience),
          Effect.provideService(Checks.Seed, options.seed)
        )
        test(check.name, { timeout: Math.max(180_000, patience * 7) }, () => Effect.runPromise(run))
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
