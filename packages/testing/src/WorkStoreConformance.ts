/**
 * The work-store conformance suite for vitest: every claim of the `WorkStore` contract, registered as a test.
 *
 * ```ts
 * WorkStoreConformance.suite({ name: "the memory store", layer: () => WorkStoreMemory.layerStores })
 * ```
 */
import type { WorkStores } from "@reventless/core/WorkStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, test } from "vitest" // oxlint-disable-line no-restricted-imports -- it registers tests
import * as Checks from "./WorkStoreConformanceChecks.ts"

/** The work stores of a provider. */
export interface Options {
  /** The store's name, as the reader of the output knows it. */
  readonly name: string
  /** How long one check waits for what must come, in milliseconds: 5000 unless given. */
  readonly patience?: number | undefined
  /** Makes the stores: empty ones, each time it is called. */
  readonly layer: () => Layer.Layer<WorkStores, unknown>
}

/** Registers the suite. Call it at the top of a test file. */
export const suite = ({ layer, name, patience = 5000 }: Options): void => {
  describe(`${name} keeps the contract of a work store`, () => {
    for (const [group, members] of Map.groupBy(Checks.contract, ({ group }) => group)) {
      describe(group, () => {
        for (const check of members) {
          const run = check.run.pipe(
            Effect.provide(Layer.fresh(layer())),
            Effect.provideService(Checks.Patience, patience)
          )
          test(check.name, { timeout: Math.max(180_000, patience * 7) }, () => Effect.runPromise(run))
        }
      })
    }
  })
}
