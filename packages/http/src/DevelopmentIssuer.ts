/**
 * Tokens before there is an identity provider: a key of the application's own, tokens by it for anybody to whoever asks, and
 * the resolver that takes them. For development and demos only.
 *
 * - `POST /dev/token` with `{ "sub": "ada", "groups": ["managers"] }`, also on the page `/docs`
 * - `reventless token --sub ada --groups managers`
 * - {@link DevelopmentIssuer} for code in the process
 *
 * It can't be switched on by accident: there is no option for it, it says so in the log, it doesn't start with
 * `NODE_ENV=production`, and a server that has it doesn't start unless it listens on this machine only. Requests that a proxy
 * has passed on, or a web page of another origin has sent, get no token.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Jose from "jose"
import * as DevelopmentKey from "./internal/developmentKey.ts"
import * as JwtVerifier from "./internal/jwtVerifier.ts"
import * as StaticKeys from "./internal/staticKeys.ts"
import { DevelopmentOnly, type Issuer, PrincipalResolver, type Resolver, type Subject } from "./PrincipalResolver.ts"

/**
 * Issues tokens in the process: for tests, and for a demo that prints some to try.
 *
 * @example
 * ```ts
 * import { DevelopmentIssuer } from "@reventless/http/DevelopmentIssuer"
 * import * as Console from "effect/Console"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const issuer = yield* DevelopmentIssuer
 *   const { token } = yield* issuer.issue({ id: "ada", groups: ["managers"] })
 *   yield* Console.log(`curl -H 'authorization: Bearer ${token}' http://127.0.0.1:4000/catalog/views/Products`)
 * })
 * ```
 */
export class DevelopmentIssuer extends Context.Service<DevelopmentIssuer, Issuer>()(
  "@reventless/http/DevelopmentIssuer"
) {}

/** What can be set. */
export interface Options {
  /**
   * The file that the key is kept in, so that tokens are good after the next start too; it is made when it isn't there, for its
   * owner to read only. Without it a key is in memory, and tokens end with the process. Keep it out of the repository.
   */
  readonly keyFile?: string
}

/** The file with the key can't be used. Nothing was written to it. */
export class KeyFileUnusable extends Schema.TaggedError<KeyFileUnusable>()("KeyFileUnusable", {
  file: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The development issuer's key file '${this.file}' can't be used: ${this.detail}. ` +
      "Delete it to have a new key (tokens of the old one end), or choose another 'keyFile'."
  }
}

const issuer = "urn:reventless:development"
const audience = "development"
const algorithm = "ES256"
const defaultLife = Duration.hours(8)
const maxLife = Duration.days(365)

const notInProduction = Effect.gen(function*() {
  const environment = yield* Effect.orDie(Config.option(Config.String("NODE_ENV")))
  if (Option.getOrUndefined(environment) === "production") {
    return yield* new DevelopmentOnly({ detail: "NODE_ENV is 'production'" })
  }
})

const lifeOf = ({ expiresIn = defaultLife }: Subject): Duration.Duration =>
  Duration.clamp(Duration.fromInputUnsafe(expiresIn), { minimum: Duration.seconds(1), maximum: maxLife })

const issueBy = (key: DevelopmentKey.DevelopmentKey): Issuer["issue"] =>
  Effect.fnUntraced(function*(subject) {
    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const expires = now + Math.ceil(Duration.toSeconds(lifeOf(subject)))
    const { groups = [], id } = subject
    const token = yield* Effect.promise(() =>
      new Jose.SignJWT({ groups: [...groups] })
        .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: "JWT" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(id)
        .setIssuedAt(now)
        .setExpirationTime(expires)
        .sign(key.privateKey)
    )
    return { token, expiresAt: DateTime.makeUnsafe(expires * 1000) }
  })

/**
 * Provides the resolver of the server and {@link DevelopmentIssuer}.
 *
 * @example
 * ```ts
 * import * as DevelopmentIssuer from "@reventless/http/DevelopmentIssuer"
 * import * as HttpServer from "@reventless/http/HttpServer"
 * import * as Layer from "effect/Layer"
 *
 * const Server = HttpServer.layer({ port: 4000 }).pipe(
 *   Layer.provide(DevelopmentIssuer.layer({ keyFile: "shop.db.dev-key" }))
 * )
 * ```
 */
export const layer = (
  options: Options = {}
): Layer.Layer<DevelopmentIssuer, DevelopmentOnly | KeyFileUnusable> =>
  Layer.effectContext(Effect.gen(function*() {
    yield* notInProduction
    const { keyFile } = options
    const key = yield* Effect.mapError(
      DevelopmentKey.open(keyFile),
      (detail) => new KeyFileUnusable({ file: keyFile ?? "", detail })
    )
    const expected: JwtVerifier.Expected = {
      find: yield* Effect.orDie(StaticKeys.set(key.publicJwk)),
      algorithms: [algorithm],
      issuer,
      audience: [audience],
      groups: ["groups"],
      clockTolerance: 0
    }
    const own: Issuer = { issue: issueBy(key) }
    const resolver: Resolver = {
      challenge: "Bearer",
      scheme: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "A token of POST /dev/token." },
      resolve: ({ headers }) => JwtVerifier.verify(headers["authorization"], () => Effect.succeed(expected)),
      issuer: own
    }
    yield* Effect.logWarning(
      "Access is by the development issuer: whoever reaches this server gets a token for anybody. Not for production."
    )
    return Context.make(DevelopmentIssuer, own).pipe(Context.add(PrincipalResolver, resolver))
  }))
