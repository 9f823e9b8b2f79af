/**
 * Access rules: who may send a command or query a view. A definition without a rule follows the platform's default,
 * which denies everyone but the application itself.
 */
import * as Schema from "effect/Schema"
import * as Principal from "./Principal.ts"

/** A rule on a command or a view. */
export type Access =
  | { readonly _tag: "Anyone" }
  | { readonly _tag: "Authenticated" }
  | { readonly _tag: "Groups"; readonly groups: ReadonlyArray<string> }
  | { readonly _tag: "Owner"; readonly field: string; readonly groups?: ReadonlyArray<string> }
  | { readonly _tag: "Deny" }

/** Lets everyone pass, also callers that nobody has identified. */
export const anyone: Access = { _tag: "Anyone" }

/** Lets every identified caller pass. */
export const authenticated: Access = { _tag: "Authenticated" }

/** Lets identified callers pass that are in at least one of the groups. */
export const groups = (...names: readonly [string, ...ReadonlyArray<string>]): Access => ({
  _tag: "Groups",
  groups: names
})

/**
 * Lets the caller pass whose id equals the value of a field: a field of the command, or of the row that is read. Lists and
 * watches hold the caller's own rows only, and tell nothing of others.
 *
 * A list looks for the caller's rows. By an index whose first field after those of `where` is the owner's, it reads no
 * others; by another one it reads all that come between, to the end.
 *
 * Callers in one of the `groups` pass whosever it is: `Access.owner("customerId", { groups: ["shop-manager"] })`.
 */
export const owner = (field: string, options: { readonly groups?: ReadonlyArray<string> } = {}): Access => ({
  _tag: "Owner",
  field,
  ...options
})

/** Lets nobody pass, not even the application itself. */
export const deny: Access = { _tag: "Deny" }

/** The caller may not do this. Another principal may; trying again won't help. */
export class AccessDenied extends Schema.TaggedError<AccessDenied>()("AccessDenied", {
  /** The command or view that was asked for, with its plugin: `Catalog.AddProduct`. */
  target: Schema.String,
  /** Whether the caller is unknown: identify, then try again. */
  anonymous: Schema.Boolean
}) {
  override get message(): string {
    return this.anonymous
      ? `${this.target} needs an identified caller. Its access rule, or the platform's default, denies anonymous ones.`
      : `The caller may not use ${this.target}. Its access rule, or the platform's default, denies it.`
  }
}

/** How far a rule lets a principal: to everything, to what is its own, or nowhere. */
export type Reach = "all" | "own" | "none"

/**
 * How far the rule lets the principal, before there is a command or a row to look at. With `own`, {@link allows} decides
 * about each.
 *
 * @example
 * ```ts
 * import * as Access from "@reventless/core/Access"
 * import * as Principal from "@reventless/core/Principal"
 *
 * Access.reach(Access.owner("customerId"), Principal.user("ada")) // "own"
 * Access.reach(Access.groups("managers"), Principal.user("ada")) // "none"
 * ```
 */
export const reach = (rule: Access, principal: Principal.Principal): Reach =>
  allows(rule, principal, undefined) ? "all" : rule._tag === "Owner" && principal._tag === "User" ? "own" : "none"

const isIn = (
  principal: Extract<Principal.Principal, { readonly _tag: "User" }>,
  groups: ReadonlyArray<string>
): boolean => groups.some((group) => principal.groups.includes(group))

/** Whether the rule lets the principal pass. `subject` is the command or row that an `owner` rule looks at. */
export const allows = (rule: Access, principal: Principal.Principal, subject: unknown): boolean => {
  if (rule._tag === "Deny") return false
  if (principal._tag === "System" || rule._tag === "Anyone") return true
  if (principal._tag === "Anonymous") return false
  switch (rule._tag) {
    case "Authenticated":
      return true
    case "Groups":
      return isIn(principal, rule.groups)
    case "Owner":
      return isIn(principal, rule.groups ?? []) ||
        (subject as Record<string, unknown> | undefined)?.[rule.field] === principal.id
  }
}
