/**
 * The platform conformance suite for vitest: what an application may rely on, on whatever provider it runs, registered
 * as tests.
 *
 * ```ts
 * PlatformConformance.suite({
 *   name: "the memory platform",
 *   capabilities: { durable: false, ordered: true },
 *   provider: () => Platform.layerMemory
 * })
 * ```
 *
 * What a platform isn't asked for is never left out silently: each such claim is listed, as skipped and in the output.
 */
import type { TotalOrder } from "@reventless/core/EventStores"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { describe, test } from "vitest" // oxlint-disable-line no-restricted-imports -- it registers tests
import { CheckFailed } from "./conformance/Check.ts"
import * as Checks from "./PlatformConformanceChecks.ts"

/** What a provider with these capabilities gives: one whose event stores have one commit order gives `TotalOrder` too. */
export type Services<C extends Checks.Capabilities> = C extends { readonly ordered: false } ? Checks.Stores
  : Checks.Stores | TotalOrder

/** The platform, and what it can be asked for. */
export interface Options<C extends Checks.Capabilities> {
  /** The platform's name, as the reader of the output knows it. */
  readonly name: string
  /** The seed of the randomized checks. Each of them draws its own when absent, and names it when it fails. */
  readonly seed?: string | undefined
  /** How long one check waits for what must come, in milliseconds: 5000 unless given. */
  readonly patience?: number | undefined
  readonly capabilities: C
  /**
   * Makes a provider on new data. With the capability `durable` its layer may be built several times, which opens the
   * same data; what has to be cleaned up at the end is the caller's.
   */
  readonly provider: () => Layer.Layer<Services<C>, unknown>
}

/** Options of any platform. Only checks of the capability `ordered` ask for what may be missing. */
type AnyOptions = Options<Checks.Capabilities>

/** Registers the suite. Call it at the top of a test file. */
export const suite = <const C extends Checks.Capabilities>(options: Options<C>): void => {
  const { capabilities } = options
  const any = options as AnyOptions
  describe(`${options.name} keeps the contract of a platform`, () => {
    register(any, Checks.contract)
    if (capabilities.durable) register(any, Checks.durable)
    if (capabilities.ordered) register(any, Checks.ordered)
    for (const { capability, claims } of Checks.notAsked(capabilities)) listed(capability, claims)
  })
}

/**
 * The home of a check: a provider on new data. It is built for each `open` when its data outlives it, else once. Both
 * services are the same home; only checks that are about one commit order ask for the ordered one.
 */
export const home = ({ capabilities, provider }: Pick<AnyOptions, "capabilities" | "provider">) =>
  Layer.effectContext(Effect.gen(function*() {
    const layer = provider()
    const build = Effect.mapError(
      Layer.build(Layer.fresh(layer)),
      (error) => new CheckFailed({ message: `the provider doesn't open: ${String(error)}` })
    )
    const open = capabilities.durable ? build : Effect.succeed(yield* build)
    return Context.make(Checks.Home, { open }).pipe(Context.add(Checks.OrderedHome, { open }))
  }))

const register = (options: AnyOptions, checks: ReadonlyArray<Checks.OrderedCheck>): void => {
  for (const [group, members] of Map.groupBy(checks, ({ group }) => group)) {
    describe(group, () => {
      for (const check of members) {
        const patience = options.patience ?? 5000
        const run = check.run.pipe(
          Effect.provide(home(options)),
          Effect.provideService(Checks.Patience, patience),
          Effect.provideService(Checks.Seed, options.seed),
          Effect.provide(Logger.layer([]))
        )
        test(check.name, { timeout: Math.max(180_000, patience * 7) }, () => Effect.runPromise(run))
      }
    })
  }
}

/** Lists what isn't asked: in the output, and each claim as a test that says why it is skipped. */
const listed = (capability: string, claims: ReadonlyArray<string>): void => {
  describe(`not asked: ${capability}`, () => {
    test(`${claims.length} claims about ${capability} platforms are not asked`, () =>
      Effect.runPromise(Console.log([`not asked: ${capability}`, ...claims].join("\n  "))))
    for (const claim of claims) {
      test(`not asked: ${claim}`, (context) => context.skip(`the platform is not ${capability}`))
    }
  })
}
