/**
 * The principal: on whose behalf a command or query runs. It travels in the meta of every message.
 *
 * Code inside the process acts as {@link system} unless it says otherwise; every door to the outside (HTTP, a webhook)
 * sets the principal that it has verified, or {@link anonymous}.
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"

/** Who acts: the application itself, nobody in particular, or a known caller with groups. */
export type Principal =
  | { readonly _tag: "System" }
  | { readonly _tag: "Anonymous" }
  | { readonly _tag: "User"; readonly id: string; readonly groups: ReadonlyArray<string> }

/** Whoever comes from outside: everyone but the application itself. */
export type Caller = Exclude<Principal, { readonly _tag: "System" }>

/** The schema of a principal in stored and transported meta. */
export const Principal: Schema.Codec<Principal> = Schema.Union([
  Schema.TaggedStruct("System", {}),
  Schema.TaggedStruct("Anonymous", {}),
  Schema.TaggedStruct("User", { id: Schema.String, groups: Schema.Array(Schema.String) })
]).annotate({ identifier: "Principal" })

/** The application itself: trusted code in the same process. Every access rule but `deny` lets it pass. */
export const system: Principal = { _tag: "System" }

/** A caller that nobody has identified. */
export const anonymous: Caller = { _tag: "Anonymous" }

/** An identified caller. */
export const user = (id: string, groups: ReadonlyArray<string> = []): Caller => ({ _tag: "User", id, groups })

/** The principal of the running fiber: {@link system} unless a door to the outside has set another. */
export const CurrentPrincipal = Context.Reference<Principal>("@reventless/core/Principal/CurrentPrincipal", {
  defaultValue: () => system
})
