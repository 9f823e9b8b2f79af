/**
 * Checks: claims about an event store that are tried by running them. A check is a value, so a test runner can register
 * it, a mutant can be shown to fail it, and a tool can list it.
 */
import type {
  AppendConflict,
  Contended,
  EventStore,
  EventStoreError,
  EventStoreErrorReason,
  PositionedEventStore
} from "@reventless/core/EventStore"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import type * as Schema from "effect/Schema"

/** A claim about a store that is empty when `run` begins. `run` fails when the claim is wrong. */
export interface Check<R> {
  /** The chapter of the suite that the claim stands in. */
  readonly group: string
  /** The claim, as a sentence. */
  readonly name: string
  /** The index plan that the store has to be built for. */
  readonly plan: IndexPlan.IndexPlan
  readonly run: Effect.Effect<void, CheckError, R>
}

/** A claim that every event store must hold. */
export type AnyCheck = Check<EventStore>

/** A claim about positions: for stores with one commit order. */
export type PositionedCheck = Check<EventStore | PositionedEventStore>

/** The store did something else than the claim says. Test runners show the difference of `actual` and `expected`. */
export class CheckFailed extends Data.TaggedError("CheckFailed")<{
  readonly message: string
  readonly actual?: unknown
  readonly expected?: unknown
}> {}

/** Why a check failed: the claim is wrong, or the store answered an error that the claim doesn't expect. */
export type CheckError = CheckFailed | AppendConflict | Contended | EventStoreError | Schema.SchemaError

/**
 * How long a check waits for what must come, before it says that it didn't. A whole check may take six times as many
 * milliseconds, and two minutes in any case: a machine that is slow says nothing about a store. A `Duration` is the limit of a
 * whole check, too.
 */
export const Patience = Context.Reference<Duration.Duration | number>("@reventless/testing/conformance/Patience", {
  defaultValue: () => 5000
})

/** How long a whole check may take. */
export const wholeCheck = (patience: Duration.Duration | number): Duration.Duration | number =>
  typeof patience === "number" ? Math.max(120_000, 6 * patience) : patience

/** The seed of the randomized checks. Without one each run draws its own, and names it when it fails. */
export const Seed = Context.Reference<string | undefined>("@reventless/testing/conformance/Seed", {
  defaultValue: () => undefined
})

/** Makes the checks of one chapter. */
export const chapter = (group: string) => <R>(name: string, run: Effect.Effect<void, CheckError, R>): Check<R> =>
  withPlan(group, IndexPlan.open)(name, run)

/** Makes the checks of one chapter that need a store for another plan than the open one. */
export const withPlan = (group: string, plan: IndexPlan.IndexPlan) =>
<R>(
  name: string,
  run: Effect.Effect<void, CheckError, R>
): Check<R> => ({
  group,
  name,
  plan,
  run: Effect.flatMap(Patience, (patience) =>
    Effect.timeoutOrElse(run, {
      duration: wholeCheck(patience),
      orElse: () => fail(`"${name}" didn't come to an end`)
    }))
})

/** The claim is wrong. */
export const fail = (message: string, difference?: { readonly actual: unknown; readonly expected: unknown }) =>
  Effect.fail(
    new CheckFailed(
      difference === undefined
        ? { message }
        : {
          message: `${message}: expected ${render(difference.expected)}, got ${render(difference.actual)}`,
          ...difference
        }
    )
  )

/** The two are equal, part by part; otherwise the check fails and says what was claimed. */
export const equal = (actual: unknown, expected: unknown, claim: string): Effect.Effect<void, CheckFailed> =>
  Equal.equals(actual, expected) ? Effect.void : fail(claim, { actual, expected })

/** The condition holds; otherwise the check fails and says what was claimed. */
export const isTrue = (condition: boolean, claim: string): Effect.Effect<void, CheckFailed> =>
  condition ? Effect.void : fail(claim)

/** The effect answers `AppendConflict`. */
export const conflicts = <A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E, R>,
  claim: string
): Effect.Effect<void, CheckFailed | Exclude<E, AppendConflict>, R> =>
  Effect.matchEffect(effect, {
    onSuccess: () => fail(`${claim}: expected a conflict, but it succeeded`),
    onFailure: (error): Effect.Effect<void, Exclude<E, AppendConflict>> =>
      error._tag === "AppendConflict" ? Effect.void : Effect.fail(error as Exclude<E, AppendConflict>)
  })

/** The effect answers an `EventStoreError` with this reason. */
export const refused = <A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E | EventStoreError, R>,
  reason: (typeof EventStoreErrorReason.Type)["_tag"],
  claim: string
): Effect.Effect<void, CheckFailed, R> =>
  Effect.matchEffect(effect, {
    onSuccess: () => fail(`${claim}: expected ${reason}, but it succeeded`),
    onFailure: (error) => {
      const actual = "reason" in error ? (error as EventStoreError).reason._tag : error._tag
      return actual === reason ? Effect.void : fail(claim, { actual, expected: reason })
    }
  })

/** Waits until the condition holds; fails when it doesn't in time. */
export const eventually = (
  condition: () => boolean,
  claim: string
): Effect.Effect<void, CheckFailed> =>
  Effect.flatMap(
    Patience,
    (patience) =>
      Effect.suspend(() => condition() ? Effect.succeed(true) : Effect.as(Effect.sleep(1), false)).pipe(
        Effect.repeat({ until: (done) => done }),
        Effect.asVoid,
        Effect.timeoutOrElse({ duration: patience, orElse: () => fail(claim) })
      )
  )

const render = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 400 ? `${text.slice(0, 400)} ...` : text
}
