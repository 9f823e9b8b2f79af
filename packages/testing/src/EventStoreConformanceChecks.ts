/**
 * The checks of the event-store conformance suite, as values. `EventStoreConformance.suite` registers them with vitest;
 * any other runner can run them: `Effect.provide(check.run, layer(check.plan))`, with an empty store for each check.
 */
import { EventStore } from "@reventless/core/EventStore"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { appending } from "./conformance/appending.ts"
import { boundaries } from "./conformance/boundaries.ts"
import { type AnyCheck, type CheckFailed, fail, type PositionedCheck } from "./conformance/Check.ts"
import { concurrency } from "./conformance/concurrency.ts"
import { deltas } from "./conformance/deltas.ts"
import { atomicHistories, histories, positionedHistories } from "./conformance/histories.ts"
import { plans } from "./conformance/plans.ts"
import { positions } from "./conformance/positions.ts"
import { queries } from "./conformance/queries.ts"
import { courseSubscriptions } from "./conformance/scenarios/courseSubscriptions.ts"
import { dynamicProductPrice } from "./conformance/scenarios/dynamicProductPrice.ts"
import { eventSourcedAggregate } from "./conformance/scenarios/eventSourcedAggregate.ts"
import { invoiceNumber } from "./conformance/scenarios/invoiceNumber.ts"
import { optInToken } from "./conformance/scenarios/optInToken.ts"
import { recordDuplication } from "./conformance/scenarios/recordDuplication.ts"
import { uniqueUsername } from "./conformance/scenarios/uniqueUsername.ts"
import { positionedSubscriptions, subscriptions } from "./conformance/subscriptions.ts"
import { visibility } from "./conformance/visibility.ts"

export type { AnyCheck, Check, CheckError, CheckFailed, PositionedCheck } from "./conformance/Check.ts"
export { Patience, Seed } from "./conformance/Check.ts"

/**
 * Fails when the store isn't empty, as it must be when a check begins; otherwise checks fail for no visible reason. Looks
 * only where the plan lets the whole log be read.
 */
export const isEmpty = ({ plan }: Pick<AnyCheck, "plan">): Effect.Effect<void, CheckFailed, EventStore> =>
  plan !== IndexPlan.open ?
    Effect.void :
    Effect.flatMap(EventStore, (store) =>
      store.read(Query.all, { limit: 1 }).pipe(
        Stream.runHead,
        Effect.orElseSucceed(Option.none),
        Effect.flatMap((found) =>
          Option.isNone(found)
            ? Effect.void
            : fail("the store isn't empty when the check begins: its layer must make a new one each time")
        )
      ))

/** Claims that every event store must hold, on an open plan. */
export const contract: ReadonlyArray<AnyCheck> = [
  ...queries,
  ...appending,
  ...boundaries,
  ...deltas,
  ...concurrency,
  ...visibility,
  ...subscriptions,
  ...courseSubscriptions,
  ...uniqueUsername,
  ...optInToken,
  ...invoiceNumber,
  ...dynamicProductPrice,
  ...recordDuplication,
  ...eventSourcedAggregate,
  ...histories
]

/** Claims about a store that is built for an index plan. */
export const planned: ReadonlyArray<AnyCheck> = plans

/** Claims about a store whose reads are atomic. */
export const atomic: ReadonlyArray<AnyCheck> = atomicHistories

/** Claims about a store whose positions are commit order. */
export const positioned: ReadonlyArray<PositionedCheck> = [
  ...positions,
  ...positionedSubscriptions,
  ...positionedHistories
]

/** What a store can be asked for beyond the contract that all keep. */
export interface Capabilities {
  /** Its positions are commit order, and it offers `PositionedEventStore`. */
  readonly positions: boolean
  /** It can be built for other plans than the open one. */
  readonly plans: boolean
  /**
   * A decision read shows one instant. Without it a read may show each of its entities at an instant of its own, and what
   * was read is only proven to have stood together by an append or confirmation on its boundary.
   */
  readonly atomicReads: boolean
}

/** The claims that a store with these capabilities isn't asked for, by the capability that it lacks. */
export const notAsked = (
  capabilities: Capabilities
): ReadonlyArray<{ readonly capability: keyof Capabilities; readonly claims: ReadonlyArray<string> }> =>
  ([["plans", planned], ["atomicReads", atomic], ["positions", positioned]] as const).flatMap(([capability, checks]) =>
    capabilities[capability] ? [] : [{ capability, claims: checks.map(({ group, name }) => `${group}: ${name}`) }]
  )
