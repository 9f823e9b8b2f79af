/** What every workload of the store is given. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Contender, Store } from "../contenders/contender.ts"
import type { Options } from "../lib/options.ts"
import type { Report } from "../lib/report.ts"

export interface Context {
  readonly report: Report
  readonly options: Options
  readonly contenders: ReadonlyArray<Contender>
}

/** A contender with its open store. */
export interface Opened extends Contender {
  readonly store: Store
}

/** Opens a store for each contender, one after the other. */
export const openAll = (
  contenders: ReadonlyArray<Contender>,
  filled: number
): Effect.Effect<ReadonlyArray<Opened>, never, Scope.Scope> =>
  Effect.forEach(
    contenders,
    (contender) => Effect.map(contender.open(filled), (store): Opened => ({ ...contender, store }))
  )
