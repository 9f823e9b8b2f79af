import type * as Event from "@reventless/core/Event"
import type * as Schema from "effect/Schema"
import { assertUpcast } from "../assertUpcast.ts"
import type { Tagged } from "../eventDifference.ts"
import { withCallerStack } from "../withCallerStack.ts"
import type { Verdict } from "./verdict.ts"

/** An event as a store keeps it: the version of the definition that wrote it, and its fields as JSON, without `_tag`. */
export interface StoredEvent {
  readonly version: number
  readonly data: Schema.Json
}

/** An event was stored; now say what it is for today's definition. */
export interface Stored<Current> {
  /** Its version decodes it, and the upcast makes exactly this event. */
  readonly becomes: (event: Current) => Verdict<never>
}

/**
 * An event as it was stored, also by an older version of its definition: to test an upcast with the JSON that is in the
 * store. It is decoded as the pipelines decode it. An event that can't be decoded is a failure that says why.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Schema from "effect/Schema"
 *
 * const MemberId = Id.make("member")
 * class MemberJoined extends Event.make("MemberJoined", { memberId: MemberId, name: Schema.String }, {
 *   version: 2,
 *   upcasts: { 1: Event.upcast({ memberId: MemberId }, ({ memberId }) => ({ memberId, name: "unknown" })) }
 * }) {}
 *
 * const upcasts = Spec.stored(MemberJoined, { version: 1, data: { memberId: "ada" } })
 *   .becomes(MemberJoined.make({ memberId: MemberId.make("ada"), name: "unknown" }))
 * ```
 */
export const stored = <D extends Event.Any>(definition: D, event: StoredEvent): Stored<Event.TypeOf<D>> => ({
  becomes: (expected: Tagged) => withCallerStack(assertUpcast(definition, event, expected))
})
