/** What is sent and answered where a `DevelopmentIssuer` gives tokens. */
import * as Schema from "effect/Schema"
import { Name } from "./internal/tokenLimits.ts"

/** Where: `POST /dev/token`. */
export const tokenPath = "/dev/token"

/** Whom a token is for. */
export const TokenBody = Schema.Struct({
  sub: Name.annotate({ description: "The id of the caller, which rules of owners look at." }),
  groups: Schema.optionalKey(Schema.Array(Name).annotate({ description: "A JSON array; none when absent." })),
  expiresIn: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 365 * 86_400 })).annotate({
      description: "For how long, in seconds: 8 hours when absent, at most 365 days."
    })
  )
}).annotate({
  identifier: "TokenRequest",
  examples: [{ sub: "ada", groups: ["managers"] }]
})

/** A token that was issued. */
export const Token = Schema.Struct({
  token: Schema.String.annotate({ description: "Send it as `authorization: Bearer ...`." }),
  sub: Schema.String,
  groups: Schema.Array(Schema.String),
  expiresAt: Schema.String.annotate({ description: "An instant, in UTC." })
}).annotate({ identifier: "Token" })
