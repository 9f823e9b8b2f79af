/**
 * Who is asking: turns a request into a principal. Without a resolver every caller is anonymous, and can do what access
 * rules let anyone do. `JwtPrincipals` is the resolver for tokens of an identity provider, `DevelopmentIssuer` the one for
 * the time before there is one.
 */
import * as Principal from "@reventless/core/Principal"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
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
  /** Shown to the caller: the rest of a sentence, without its full stop. */
  detail: Schema.String
}) {
  override get message(): string {
    return `The credentials were refused: ${this.detail}.`
  }
}

/** The request has credentials, and whether they are good can't be told now: the answer is 503. */
export class CredentialsUnchecked extends Schema.TaggedError<CredentialsUnchecked>()("CredentialsUnchecked", {
  /** For the log; the caller isn't shown it. */
  detail: Schema.String
}) {
  override get message(): string {
    return `The credentials can't be checked now: ${this.detail}.`
  }
}

/** A way to identify oneself, as OpenAPI has it. */
export type Scheme =
  | { readonly type: "http"; readonly scheme: string; readonly bearerFormat?: string; readonly description?: string }
  | { readonly type: "apiKey"; readonly in: "header"; readonly name: string; readonly description?: string }

/** Whom a token is for. */
export interface Subject {
  /** The id of the principal: 1 to 255 characters. */
  readonly id: string
  /** None when absent. */
  readonly groups?: ReadonlyArray<string> | undefined
  /** How long the token is good: 8 hours when absent, at least a second, at most 365 days. */
  readonly expiresIn?: Duration.Input | undefined
}

/** A token that was issued. */
export interface Issued {
  /** What `Authorization: Bearer` is followed by. */
  readonly token: string
  readonly expiresAt: DateTime.Utc
}

/** Issues tokens for anybody, to whoever asks: for development. */
export interface Issuer {
  readonly issue: (subject: Subject) => Effect.Effect<Issued>
}

/** Identifies callers. */
export interface Resolver {
  /** Called for every command and query, before anything of the body is read. */
  readonly resolve: (request: Request) => Effect.Effect<Principal.Caller, CredentialsRefused | CredentialsUnchecked>
  /** What a 401 asks for in its `WWW-Authenticate` header. */
  readonly challenge: string
  /** How callers identify themselves, in the OpenAPI document; as `challenge` says when absent. */
  readonly scheme?: Scheme
  /** Who issues its tokens to anybody, of a `DevelopmentIssuer`: the server then refuses to be reached from elsewhere. */
  readonly issuer?: Issuer
}

/** A server whose resolver issues tokens to anybody may not run like this. It didn't start. */
export class DevelopmentOnly extends Schema.TaggedError<DevelopmentOnly>()("DevelopmentOnly", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The development issuer gives everybody a token for anybody, and ${this.detail}. ` +
      "Where others can reach the server, take 'JwtPrincipals.layer' with the keys of your identity provider instead."
  }
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
 * // A proxy in front has verified the caller, and lets no `x-user` of its own pass.
 * const ByProxy = Layer.succeed(PrincipalResolver, {
 *   challenge: "Proxy",
 *   scheme: { type: "apiKey", in: "header", name: "x-user" },
 *   resolve: ({ headers }) =>
 *     Effect.succeed(headers["x-user"] === undefined ? Principal.anonymous : Principal.user(headers["x-user"]))
 * })
 * ```
 */
export const PrincipalResolver = Context.Reference<Resolver>("@reventless/http/PrincipalResolver", {
  defaultValue: () => ({ challenge: "Bearer", resolve: () => Effect.succeed(Principal.anonymous) })
})
