/**
 * The checks of the work-store conformance suite, as values. `WorkStoreConformance.suite` registers them with vitest; any
 * other runner can run them: `Effect.provide(check.run, layer)`, with empty stores for each check.
 */
import type { WorkStores } from "@reventless/core/WorkStore"
import type { Check } from "./platform/Check.ts"
import { adding } from "./work/adding.ts"
import { addingLeased } from "./work/addingLeased.ts"
import { lanes } from "./work/lanes.ts"
import { leases } from "./work/leases.ts"
import { listing } from "./work/listing.ts"
import { putting } from "./work/putting.ts"
import { results } from "./work/results.ts"
import { watching } from "./work/watching.ts"

export { Patience } from "./conformance/Check.ts"
export type { CheckError } from "./platform/Check.ts"

/** A claim that every provider's work stores must hold. */
export type WorkCheck = Check<WorkStores>

/** Claims that every provider's work stores must hold. */
export const contract: ReadonlyArray<WorkCheck> = [
  ...adding,
  ...addingLeased,
  ...putting,
  ...lanes,
  ...leases,
  ...results,
  ...watching,
  ...listing
]
