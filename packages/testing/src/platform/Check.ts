/**
 * Checks of platforms: claims that are tried by running plugins on a provider. A check is a value, so a test runner can
 * register it, a mutant can be shown to fail it, and a tool can list it.
 */
import type { EventStores, TotalOrder } from "@reventless/core/EventStores"
import type { SnapshotStores } from "@reventless/core/SnapshotStore"
import type { ViewStores } from "@reventless/core/ViewStore"
import type { WorkStores } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type CheckFailed, fail, Patience, wholeCheck } from "../conformance/Check.ts"

/** What every provider gives. */
export type Stores = EventStores | ViewStores | SnapshotStores | WorkStores

/** The provider of a check, on data that is empty when the check begins. */
export class Home extends Context.Service<Home, {
  /**
   * Opens the provider. A provider whose data outlives it opens the same data each time, as another process does; any
   * other is opened once, and given again.
   */
  readonly open: Effect.Effect<Context.Context<Stores>, CheckFailed, Scope.Scope>
}>()("@reventless/testing/platform/Check/Home") {}

/** The same, of a provider whose event stores have one commit order. */
export class OrderedHome extends Context.Service<OrderedHome, {
  readonly open: Effect.Effect<Context.Context<Stores | TotalOrder>, CheckFailed, Scope.Scope>
}>()("@reventless/testing/platform/Check/OrderedHome") {}

/** Why a check failed: `CheckFailed` when the claim is wrong, else an error that the claim doesn't expect. */
export interface CheckError {
  readonly _tag: string
}

/** A claim about platforms on a provider. `run` fails when the claim is wrong. */
export interface Check<out R> {
  /** The chapter of the suite that the claim stands in. */
  readonly group: string
  /** The claim, as a sentence. */
  readonly name: string
  readonly run: Effect.Effect<void, CheckError, R>
}

/** A claim that every platform must hold. */
export type AnyCheck = Check<Home>

/** A claim about platforms whose event stores have one commit order. */
export type OrderedCheck = Check<Home | OrderedHome>

/** Makes the checks of one chapter. What a check starts ends with it. */
export const chapter =
  (group: string) =>
  <R>(name: string, run: Effect.Effect<void, CheckError, R | Scope.Scope>): Check<Exclude<R, Scope.Scope>> => ({
    group,
    name,
    run: Effect.flatMap(
      Patience,
      (patience) =>
        Effect.timeoutOrElse(Effect.scoped(run) as Effect.Effect<void, CheckError, Exclude<R, Scope.Scope>>, {
          duration: wholeCheck(patience),
          orElse: () => fail(`"${name}" didn't come to an end`)
        })
    )
  })

/** The effect fails with an error of this tag. */
export const refusedWith = <A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E, R>,
  tag: E["_tag"],
  claim: string
): Effect.Effect<void, CheckFailed, R> =>
  Effect.matchEffect(effect, {
    onSuccess: () => fail(`${claim}: expected ${tag}, but it succeeded`),
    onFailure: ({ _tag }) => _tag === tag ? Effect.void : fail(claim, { actual: _tag, expected: tag })
  })
