import type * as Effect from "effect/Effect"
import type { SpecFailure } from "../../SpecFailure.ts"

/** What a specification does: nothing, or it fails with what differs. `R` are the services that `decide` needs. */
export type Verdict<R> = Effect.Effect<void, SpecFailure, R>
