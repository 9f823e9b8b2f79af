/**
 * Sensitive values: stored with the plugin's own events, hidden wherever values are shown, and never part of a contract. An
 * extension point whose commands, events or directives have a sensitive field doesn't compile.
 */
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { sensitiveAnnotation } from "./internal/contracts/sensitiveAnnotation.ts"

/** The schema of a sensitive value: `Redacted` in memory, so that it can't be logged or handed on by accident. */
export interface Sensitive<S extends Schema.Constraint> extends Schema.RedactedFromValue<S> {}

/**
 * Makes the schema of a sensitive value. It is stored as the schema says; whoever needs the value takes it out with
 * `Redacted.value`.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as Sensitive from "@reventless/core/Sensitive"
 * import * as Schema from "effect/Schema"
 *
 * const CustomerId = Id.make("customer")
 * class CustomerRegistered extends Event.make("CustomerRegistered", {
 *   customerId: CustomerId,
 *   email: Sensitive.make(Schema.String)
 * }) {}
 * ```
 */
export const make = <S extends Schema.Constraint>(schema: S): Sensitive<S> =>
  Schema.RedactedFromValue(schema).annotate({ [sensitiveAnnotation]: true })

/** Whether a value holds something sensitive, at whatever depth up to 6. */
export type In<T, Depth extends ReadonlyArray<unknown> = []> = Depth["length"] extends 6 ? never
  : T extends Redacted.Redacted<any> ? true
  : T extends string | number | boolean | bigint | symbol | null | undefined | Date ? never
  : T extends ReadonlyArray<infer One> | ReadonlySet<infer One> ? In<One, [...Depth, 0]>
  : T extends ReadonlyMap<infer Key, infer One> ? In<Key | One, [...Depth, 0]>
  : T extends object ? { [K in keyof T]-?: In<T[K], [...Depth, 0]> }[keyof T]
  : never
