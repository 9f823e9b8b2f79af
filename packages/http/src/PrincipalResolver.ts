/**
 * Who is asking: turns a request into a principal. Without a resolver every caller is anonymous, and can do what access
 * rules let anyone do.
 */
import * as Principal from "@reventless/core/Principal"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** What a resolver sees of a request. */
export interface Request {
  readonly method: string
  /** The path with its query. */
  readonly url: string
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly remoteAddress: string | undefined
}

/** The request has credentials and they aren't good: the answer is 401. */
export class CredentialsRefused extends Schema.TaggedError<CredentialsRefused>()("CredentialsRefused", {
  /** Shown to the caller. */
  detail: Schema.String
}) {
  override get message(): string {
    return `The credentials were refused: ${this.detail}`
  }
}

/** Identifies callers. */
export interface Resolver {
  /** Called for every command and query, before anything of the body is read. */
  readonly resolve: (request: Request) => Effect.Effect<Principal.Caller, CredentialsRefused>
  /** What a 401 asks for in its `WWW-Authenticate` header. */
  readonly challenge: string
}

/**
 * The resolver of the server; everyone is anonymous unless it is given.
 *
 * @example
 * ```ts
 * import * as Principal from "@reventless/core/Principal"
 * import { PrincipalResolver } from "@reventless/http/PrincipalResolver"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 *
 * // A proxy in front has verified the caller.
 * const ByProxy = Layer.succeed(PrincipalResolver, {
 *   challenge: "Bearer",
 *   resolve: ({ headers }) =>
 *     Effect.succeed(headers["x-user"] === undefined ? Principal.anonymous : Principal.user(headers["x-user"]))
 * })
 * ```
 */
export const PrincipalResolver = Context.Reference<Resolver>("@reventless/http/PrincipalResolver", {
  defaultValue: () => ({ challenge: "Bearer", resolve: () => Effect.succeed(Principal.anonymous) })
})
